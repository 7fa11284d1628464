// sipload: SIP and RTP load for measuring a voice switch on loopback. One process is the caller (A) and, when
// calls are bridged, the called party (B) as well, so that delays are taken from one clock. See README.md.
//
// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef int64_t ns_t;

enum { RING = 2048, BATCH = 16, RXB = 64, MARK = 48 };

enum { IDLE, CALLING, UP, BYE_SENT, DONE, FAILED };

typedef struct {
  int on;
  struct sockaddr_in to;
  uint16_t seq;
  uint32_t ts, ssrc, cnt, c0, c1, got;
  ns_t *st, last_r, last_s;
  uint8_t *bits;
  uint32_t rx;       // packets received from the SUT on this leg
  uint32_t rx0, rx1; // the same at the window's edges
  uint32_t ev_ts, ev_n;
  int ev, ev_dur, ev_end, ev_sum;
  ns_t ev_t; // event being received
} Leg;

typedef struct {
  int st, cseq, retr, b_st, b_bye, b_retr;
  ns_t t_inv, t_b_ok, t_bye, t_up, t_next, t_b_next, t_media;
  char *last;
  int last_n; // last UAC request for retransmission
  char *b_ok;
  int b_ok_n;
  char *to, *target, *routes; // dialog of leg A
  Leg a, b;
  uint8_t *rpk;
  size_t rpk_n, rpk_o;
  int dt_i;
  ns_t dt_t;
  int dt_pk;
  uint32_t dt_ts;
} Call;

typedef struct {
  uint32_t *h;
  uint64_t n;
} Hist; // 1 us up to 100 ms, 1 ms above

enum { HB = 100000, HT = 110000 };

static void hadd(Hist *h, ns_t v) {
  int64_t us = v / 1000;
  if (us < 0) us = 0;
  size_t b = us < HB ? us : HB + (us - HB) / 1000;
  if (b >= HT) b = HT - 1;
  if (!h->h) h->h = calloc(HT, 4);
  h->h[b]++;
  h->n++;
}

static double hq(Hist *h, double q) { // ms
  if (!h->n) return -1;
  uint64_t want = (uint64_t)ceil(q * h->n), s = 0;
  if (!want) want = 1;
  for (size_t b = 0; b < HT; b++) {
    s += h->h[b];
    if (s >= want) return b < HB ? b / 1000.0 : 100 + (b - HB);
  }
  return -1;
}

static struct {
  const char *sut, *pids, *prefix, *from, *play, *evlog, *dtmf, *label;
  int calls, churn, uasport, uacport, ca, cb, pps, teA, teB, bye_by_sut, fixed, marked, rtpa, rtpb, group;
  double rate, hold, secs, settle, dt_after, dt_ms, dt_gap;
} o = {.sut = "127.0.0.1:5060",
    .pids = "",
    .prefix = "91",
    .from = "a",
    .label = "",
    .calls = 10,
    .uasport = 0,
    .uacport = 17060,
    .ca = 0,
    .cb = 0,
    .pps = 0,
    .teA = 1,
    .teB = 1,
    .rate = 10,
    .hold = 1,
    .secs = 20,
    .settle = 2,
    .marked = 1,
    .rtpa = 17000,
    .rtpb = 17002,
    .dt_after = 500,
    .dt_ms = 100,
    .dt_gap = 100};

static Call *calls;
static int sa, sb = -1, ra, rb = -1, sut_port;
static struct sockaddr_in sut;
static uint16_t mapA[65536], mapB[65536]; // SUT RTP port -> call + 1
static Hist pdd, ansd, callup, byed, lat[2], jit[2];
static uint64_t retr_inv, retr_bye, retr_ok, rx_dup_inv, rx_dup_ok, rx_dup_bye, failed, done_n, up_n, rovfl, undec,
    txpk, rxpk, late_ticks, fail_to, events, dups;
static int fail_codes[700];
static FILE *evf;
static char run_id[32];
static int measuring;
static volatile sig_atomic_t stop;

static void on_sig(int s) {
  (void)s;
  stop = 1;
}

static ns_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// --- the SUT's process figures
static int is_root(int pid) {
  char b[512];
  snprintf(b, sizeof b, ",%s,", o.pids);
  char k[32];
  snprintf(k, sizeof k, ",%d,", pid);
  return strstr(b, k) != NULL;
}

static void proc_sum(double *cpu, double *rss) { // seconds; KiB; the pids and all below them
  *cpu = *rss = 0;
  if (!*o.pids) return;
  static int pid[32768], pp[32768];
  static double c[32768], m[32768];
  int n = 0;
  DIR *d = opendir("/proc");
  struct dirent *e;
  if (!d) return;
  while ((e = readdir(d)) && n < 32768) {
    if (!isdigit(e->d_name[0])) continue;
    char p[300], b[1024];
    snprintf(p, sizeof p, "/proc/%s/stat", e->d_name);
    int f = open(p, O_RDONLY);
    if (f < 0) continue;
    int k = read(f, b, sizeof b - 1);
    close(f);
    if (k <= 0) continue;
    b[k] = 0;
    char *q = strrchr(b, ')');
    if (!q) continue;
    int ppid;
    unsigned long ut, st;
    long r;
    if (sscanf(q + 2, "%*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %*u %*u %ld", &ppid,
            &ut, &st, &r) != 4)
      continue;
    pid[n] = atoi(e->d_name);
    pp[n] = ppid;
    c[n] = (ut + st) / (double)sysconf(_SC_CLK_TCK);
    m[n] = r * 4.0;
    n++;
  }
  closedir(d);
  for (int i = 0; i < n; i++) {
    int x = pid[i], hops = 0, in = 0;
    while (hops++ < 40) {
      if (is_root(x)) {
        in = 1;
        break;
      }
      int j;
      for (j = 0; j < n && pid[j] != x; j++);
      if (j == n || pp[j] <= 1) break;
      x = pp[j];
    }
    if (in) {
      *cpu += c[i];
      *rss += m[i];
    }
  }
}

// --- sockets
static int udp(int port, int big) {
  int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(s, (void *)&a, sizeof a)) {
    fprintf(stderr, "bind %d: %s\n", port, strerror(errno));
    exit(2);
  }
  if (big) {
    int z = 64 << 20;
    if (setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &z, sizeof z)) setsockopt(s, SOL_SOCKET, SO_RCVBUF, &z, sizeof z);
    z = 16 << 20;
    if (setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &z, sizeof z)) setsockopt(s, SOL_SOCKET, SO_SNDBUF, &z, sizeof z);
  }
  setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  setsockopt(s, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  return s;
}

static ns_t stamp_of(struct msghdr *h, uint32_t *ovfl) {
  ns_t t = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c))
    if (c->cmsg_level == SOL_SOCKET) {
      if (c->cmsg_type == SO_TIMESTAMPNS) {
        struct timespec ts;
        memcpy(&ts, CMSG_DATA(c), sizeof ts);
        t = ts.tv_sec * 1000000000LL + ts.tv_nsec;
      } else if (c->cmsg_type == SO_RXQ_OVFL && ovfl) memcpy(ovfl, CMSG_DATA(c), 4);
    }
  return t;
}

// --- SIP text helpers
static const char *hdr(const char *m, const char *name, int nth, int *len) { // value of the nth header line

  static const struct {
    const char *l;
    char s;
  } comp[] = {{"Via", 'v'}, {"From", 'f'}, {"To", 't'}, {"Call-ID", 'i'}, {"Contact", 'm'}, {NULL, 0}};

  char sh = 0;
  for (int i = 0; comp[i].l; i++)
    if (!strcasecmp(comp[i].l, name)) sh = comp[i].s;
  size_t nl = strlen(name);
  const char *p = strstr(m, "\r\n");
  while (p && p[2] != '\r' && p[2]) {
    p += 2;
    const char *v = NULL;
    if (!strncasecmp(p, name, nl)) {
      v = p + nl;
    } else if (sh && tolower(p[0]) == sh) v = p + 1;
    if (v) {
      while (*v == ' ') v++;
      if (*v == ':') {
        v++;
        while (*v == ' ') v++;
        if (nth-- == 0) {
          const char *e = strstr(v, "\r\n");
          *len = e ? (int)(e - v) : (int)strlen(v);
          return v;
        }
      }
    }
    p = strstr(p, "\r\n");
  }
  return NULL;
}

static char *dup_n(const char *s, int n) {
  char *r = malloc(n + 1);
  memcpy(r, s, n);
  r[n] = 0;
  return r;
}

static int sdp_port(const char *m, struct sockaddr_in *to) {
  const char *a = strstr(m, "\r\nm=audio ");
  if (!a) return 0;
  int port = atoi(a + 10);
  const char *c = strstr(m, "\r\nc=IN IP4 ");
  char ip[32] = "127.0.0.1";
  if (c) sscanf(c + 11, "%31[0-9.]", ip);
  memset(to, 0, sizeof *to);
  to->sin_family = AF_INET;
  to->sin_port = htons(port);
  inet_pton(AF_INET, ip, &to->sin_addr);
  return port;
}

static int sdp(char *b, size_t n, int port, int pt, int te) {
  return snprintf(b, n,
      "v=0\r\n"
      "o=- 1 1 IN IP4 127.0.0.1\r\n"
      "s=-\r\n"
      "c=IN IP4 127.0.0.1\r\n"
      "t=0 0\r\n"
      "m=audio %d RTP/AVP %d%s\r\n"
      "a=rtpmap:%d %s/8000\r\n"
      "%sa=ptime:20\r\n"
      "a=sendrecv\r\n",
      port, pt, te ? " 101" : "", pt, pt == 8 ? "PCMA" : "PCMU",
      te ? "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n" : "");
}

static void leg_init(Leg *l, uint32_t id) {
  if (!l->st) {
    l->st = calloc(RING, sizeof(ns_t));
    l->bits = calloc(8192, 1);
  }
  l->ssrc = 0x10000000u + id * 7919u;
  l->seq = id;
  l->ts = id * 1000;
  l->ev = -1;
}

static void uri_user(char *b, size_t n, int i) {
  if (o.fixed) snprintf(b, n, "%s", o.prefix);
  else if (o.group) snprintf(b, n, "%s%03d%03d", o.prefix, i / o.group, i % o.group);
  else snprintf(b, n, "%s%06d", o.prefix, i);
}

static void send_req(const char *m, int n) { sendto(sa, m, n, 0, (void *)&sut, sizeof sut); }

static void invite(int i) {
  Call *c = &calls[i];
  char u[64], body[512], m[2048];
  uri_user(u, sizeof u, i);
  int bn = sdp(body, sizeof body, o.rtpa, o.ca, o.teA);
  int n = snprintf(m, sizeof m,
      "INVITE sip:%s@%s SIP/2.0\r\n"
      "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bKi%s%d\r\n"
      "Max-Forwards: 70\r\n"
      "From: <sip:%s@127.0.0.1:%d>;tag=a%s%d\r\n"
      "To: <sip:%s@%s>\r\n"
      "Call-ID: %s-%d\r\n"
      "CSeq: 1 INVITE\r\n"
      "Contact: <sip:%s@127.0.0.1:%d>\r\n"
      "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\n"
      "Content-Type: application/sdp\r\n"
      "Content-Length: %d\r\n"
      "\r\n"
      "%s",
      u, o.sut, o.uacport, run_id, i, o.from, o.uacport, run_id, i, u, o.sut, run_id, i, o.from, o.uacport, bn, body);
  leg_init(&c->a, i * 2);
  leg_init(&c->b, i * 2 + 1);
  c->last = dup_n(m, n);
  c->last_n = n;
  c->st = CALLING;
  c->cseq = 1;
  c->t_inv = now();
  c->t_next = c->t_inv + 500000000LL;
  c->retr = 0;
  send_req(m, n);
}

static void in_dialog(Call *c, int i, const char *method, int cseq, int keep) {
  char m[2048];
  int n = snprintf(m, sizeof m,
      "%s %s SIP/2.0\r\n"
      "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%c%s%d\r\n"
      "%sMax-Forwards: 70\r\n"
      "From: <sip:%s@127.0.0.1:%d>;tag=a%s%d\r\n"
      "To: %s\r\n"
      "Call-ID: %s-%d\r\n"
      "CSeq: %d %s\r\n"
      "Content-Length: 0\r\n"
      "\r\n",
      method, c->target, o.uacport, tolower(method[0]), run_id, i, c->routes ? c->routes : "", o.from, o.uacport,
      run_id, i, c->to, run_id, i, cseq, method);
  send_req(m, n);
  if (keep) {
    free(c->last);
    c->last = dup_n(m, n);
    c->last_n = n;
    c->retr = 0;
    c->t_next = now() + 500000000LL;
  }
}

static void ev_flush(Leg *l, int i) {
  if (l->ev >= 0) {
    events++;
    if (evf)
      fprintf(evf, "%d %d %.0f %d %u\n", i, l->ev, (l->ev_t - calls[i].t_media) / 1e6, (l->ev_sum + l->ev_dur) / 8,
          l->ev_n);
    l->ev = -1;
  }
}

static void call_end(int i, int st) {
  Call *c = &calls[i];
  if (c->st == DONE || c->st == FAILED) return;
  c->a.on = c->b.on = 0;
  ev_flush(&c->b, i);
  ev_flush(&c->a, i);
  if (c->st == UP || c->st == BYE_SENT) up_n--;
  c->st = st;
  if (st == DONE) done_n++;
  else failed++;
}

static void bye(int i) {
  Call *c = &calls[i];
  if (c->st != UP) return;
  c->t_bye = now();
  c->a.on = c->b.on = 0;
  c->st = BYE_SENT;
  in_dialog(c, i, "BYE", ++c->cseq, 1);
}

static void reply(int s, struct sockaddr_in *src, const char *m, int code, const char *why, const char *tag,
    int contact_port, const char *body, Call *keep) {
  char r[4096];
  int n = snprintf(r, sizeof r, "SIP/2.0 %d %s\r\n", code, why), l;
  const char *v;
  for (int k = 0; (v = hdr(m, "Via", k, &l)); k++) n += snprintf(r + n, sizeof r - n, "Via: %.*s\r\n", l, v);
  for (int k = 0; (v = hdr(m, "Record-Route", k, &l)); k++)
    n += snprintf(r + n, sizeof r - n, "Record-Route: %.*s\r\n", l, v);
  if ((v = hdr(m, "From", 0, &l))) n += snprintf(r + n, sizeof r - n, "From: %.*s\r\n", l, v);
  if ((v = hdr(m, "To", 0, &l)))
    n += snprintf(r + n, sizeof r - n, "To: %.*s%s%s\r\n", l, v,
        memmem(v, l, ";tag=", 5) || code == 100 ? "" : ";tag=", memmem(v, l, ";tag=", 5) || code == 100 ? "" : tag);
  if ((v = hdr(m, "Call-ID", 0, &l))) n += snprintf(r + n, sizeof r - n, "Call-ID: %.*s\r\n", l, v);
  if ((v = hdr(m, "CSeq", 0, &l))) n += snprintf(r + n, sizeof r - n, "CSeq: %.*s\r\n", l, v);
  if (contact_port) n += snprintf(r + n, sizeof r - n, "Contact: <sip:bench@127.0.0.1:%d>\r\n", contact_port);
  n += snprintf(r + n, sizeof r - n, "%sContent-Length: %d\r\n\r\n%s", body ? "Content-Type: application/sdp\r\n" : "",
      body ? (int)strlen(body) : 0, body ? body : "");
  sendto(s, r, n, 0, (void *)src, sizeof *src);
  if (keep) {
    free(keep->b_ok);
    keep->b_ok = dup_n(r, n);
    keep->b_ok_n = n;
  }
}
static struct sockaddr_in b_src;

// --- B's dialogs by Call-ID
typedef struct {
  char id[160];
  int i;
} Ent;

static Ent *tab;
static uint32_t tabn;

static int cid_find(const char *s, int l, int add) {
  if (l > 159) l = 159;
  uint32_t h = 2166136261u;
  for (int k = 0; k < l; k++) h = (h ^ (uint8_t)s[k]) * 16777619u;
  for (uint32_t k = h & (tabn - 1);; k = (k + 1) & (tabn - 1)) {
    if (!tab[k].id[0]) {
      if (add < 0) return -1;
      memcpy(tab[k].id, s, l);
      tab[k].id[l] = 0;
      tab[k].i = add;
      return add;
    }
    if (!strncmp(tab[k].id, s, l) && !tab[k].id[l]) return tab[k].i;
  }
}

static void media_on(Call *c) {
  if (c->t_media) return;
  c->t_media = now();
  c->dt_t = c->t_media + (ns_t)(o.dt_after * 1e6);
  c->a.on = 1;
  if (sb >= 0) c->b.on = 1;
}

static void sip_rx(int s, char *m, int n, struct sockaddr_in *src, ns_t t) {
  m[n] = 0;
  int l;
  const char *v;
  if (s == sa && !strncmp(m, "SIP/2.0 ", 8)) {
    int code = atoi(m + 8);
    v = hdr(m, "Call-ID", 0, &l);
    if (!v || strncmp(v, run_id, strlen(run_id))) return;
    int i = atoi(v + strlen(run_id) + 1);
    if (i < 0 || i >= o.calls) return;
    Call *c = &calls[i];
    v = hdr(m, "CSeq", 0, &l);
    if (!v) return;
    int isinv = memmem(v, l, "INVITE", 6) != NULL, isbye = memmem(v, l, "BYE", 3) != NULL;
    if (isinv) {
      if (code < 200) {
        if (c->st == CALLING) { c->t_next = t + 32000000000LL; }
        return;
      }
      if (code < 300) {
        if (c->st != CALLING) {
          rx_dup_ok++;
          if (c->to) in_dialog(c, i, "ACK", 1, 0);
          return;
        }
        v = hdr(m, "To", 0, &l);
        c->to = dup_n(v, l);
        v = hdr(m, "Contact", 0, &l);
        if (v) {
          const char *a = memchr(v, '<', l), *e = a ? memchr(a, '>', l - (a - v)) : NULL;
          c->target = a && e ? dup_n(a + 1, e - a - 1) : dup_n(v, l);
        } else c->target = dup_n("sip:x", 5);
        char rt[1024] = "";
        int cnt = 0;
        while (hdr(m, "Record-Route", cnt, &l)) cnt++;
        for (int k = cnt - 1; k >= 0; k--) {
          v = hdr(m, "Record-Route", k, &l);
          char tmp[1024];
          snprintf(tmp, sizeof tmp, "Route: %.*s\r\n", l, v);
          strncat(rt, tmp, sizeof rt - strlen(rt) - 1);
        }
        if (*rt) c->routes = strdup(rt);
        int p = sdp_port(m, &c->a.to);
        mapA[p & 65535] = i + 1;
        c->st = UP;
        up_n++;
        c->t_up = now();
        hadd(&callup, t - c->t_inv);
        if (c->t_b_ok) hadd(&ansd, t - c->t_b_ok);
        in_dialog(c, i, "ACK", 1, 0);
        media_on(c);
      } else { // failure: ACK hop by hop
        char a[2048];
        char u[64];
        uri_user(u, sizeof u, i);
        v = hdr(m, "To", 0, &l);
        int k = snprintf(a, sizeof a,
            "ACK sip:%s@%s SIP/2.0\r\n"
            "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bKi%s%d\r\n"
            "Max-Forwards: 70\r\n"
            "From: <sip:%s@127.0.0.1:%d>;tag=a%s%d\r\n"
            "To: %.*s\r\n"
            "Call-ID: %s-%d\r\n"
            "CSeq: 1 ACK\r\n"
            "Content-Length: 0\r\n"
            "\r\n",
            u, o.sut, o.uacport, run_id, i, o.from, o.uacport, run_id, i, l, v, run_id, i);
        send_req(a, k);
        if (c->st == CALLING) {
          fail_codes[code < 700 ? code : 0]++;
          call_end(i, FAILED);
        }
      }
    } else if (isbye && c->st == BYE_SENT && code >= 200) {
      hadd(&byed, t - c->t_bye);
      if (code >= 300) {
        fail_codes[code < 700 ? code : 0]++;
        call_end(i, FAILED);
      } else if (sb < 0 || c->b_bye || !c->b_st) call_end(i, DONE);
      else {
        c->t_next = now() + 4000000000LL;
        c->retr = 99;
      }
    }
    return;
  }
  if (!strncmp(m, "SIP/2.0", 7)) return;
  int port = s == sa ? o.uacport : o.uasport;
  if (!strncmp(m, "OPTIONS ", 8) || !strncmp(m, "UPDATE ", 7) || !strncmp(m, "INFO ", 5) || !strncmp(m, "NOTIFY ", 7)) {
    reply(s, src, m, 200, "OK", "x", port, NULL, NULL);
    return;
  }
  const char *id = hdr(m, "Call-ID", 0, &l);
  if (!id) return;
  if (s == sa) { // the SUT asks in A's dialog
    if (strncmp(id, run_id, strlen(run_id))) return;
    int i = atoi(id + strlen(run_id) + 1);
    if (i < 0 || i >= o.calls) return;
    Call *c = &calls[i];
    if (!strncmp(m, "BYE ", 4)) {
      reply(s, src, m, 200, "OK", "x", 0, NULL, NULL);
      if (c->st == UP) {
        o.bye_by_sut++;
        call_end(i, DONE);
      }
    } else if (!strncmp(m, "INVITE ", 7)) {
      char b[512];
      sdp(b, sizeof b, o.rtpa, o.ca, o.teA);
      sdp_port(m, &c->a.to);
      reply(s, src, m, 200, "OK", "x", port, b, NULL);
    }
    return;
  }
  int i = cid_find(id, l, -1);
  if (!strncmp(m, "INVITE ", 7)) {
    if (i >= 0) {
      Call *c = &calls[i];
      if (c->b_ok && c->b_st == 1) {
        rx_dup_inv++;
        sendto(sb, c->b_ok, c->b_ok_n, 0, (void *)src, sizeof *src);
      } else {
        char b[512];
        sdp(b, sizeof b, o.rtpb, o.cb, o.teB);
        sdp_port(m, &c->b.to);
        reply(s, src, m, 200, "OK", "x", port, b, NULL);
      }
      return;
    }
    const char *u = strstr(m, "sip:"), *at = u ? strpbrk(u, "@; >") : NULL;
    if (!at || *at != '@' || at - u < 10) {
      reply(s, src, m, 404, "Not Found", "x", 0, NULL, NULL);
      return;
    }
    i = atoi(at - 6);
    if (i < 0 || i >= o.calls || calls[i].st != CALLING) {
      reply(s, src, m, 404, "Not Found", "x", 0, NULL, NULL);
      return;
    }
    cid_find(id, l, i);
    Call *c = &calls[i];
    hadd(&pdd, t - c->t_inv);
    b_src = *src;
    int p = sdp_port(m, &c->b.to);
    mapB[p & 65535] = i + 1;
    c->b_st = 1;
    char b[512], tag[32];
    snprintf(tag, sizeof tag, "b%s%d", run_id, i);
    sdp(b, sizeof b, o.rtpb, o.cb, o.teB);
    reply(s, src, m, 180, "Ringing", tag, port, NULL, NULL);
    c->t_b_ok = now();
    c->t_b_next = c->t_b_ok + 500000000LL;
    reply(s, src, m, 200, "OK", tag, port, b, c);
    return;
  }
  if (i < 0) {
    if (strncmp(m, "ACK ", 4)) reply(s, src, m, 481, "No Dialog", "x", 0, NULL, NULL);
    return;
  }
  Call *c = &calls[i];
  if (!strncmp(m, "ACK ", 4)) {
    if (c->b_st == 1) c->b_st = 2;
  } else if (!strncmp(m, "BYE ", 4)) {
    if (c->b_bye) rx_dup_bye++;
    c->b_bye = 1;
    reply(s, src, m, 200, "OK", "x", 0, NULL, NULL);
    if (c->st == BYE_SENT && c->retr == 99) call_end(i, DONE);
    else if (c->st == UP && !c->t_bye) { /* SUT ended it */ }
  } else if (!strncmp(m, "CANCEL ", 7)) reply(s, src, m, 200, "OK", "x", 0, NULL, NULL);
}

static void sip_drain(int s) {
  static char b[16384];
  char ctl[256];
  for (int k = 0; k < 200; k++) {
    struct sockaddr_in src;
    struct iovec v = {b, sizeof b - 1};
    struct msghdr h = {.msg_name = &src,
        .msg_namelen = sizeof src,
        .msg_iov = &v,
        .msg_iovlen = 1,
        .msg_control = ctl,
        .msg_controllen = sizeof ctl};
    int n = recvmsg(s, &h, 0);
    if (n < 0) return;
    ns_t t = stamp_of(&h, NULL);
    sip_rx(s, b, n, &src, t ? t : now());
  }
}

static void timers(ns_t t) {
  for (int i = 0; i < o.calls; i++) {
    Call *c = &calls[i];
    if (c->st == CALLING) {
      if (t - c->t_inv > 32000000000LL) {
        fail_to++;
        call_end(i, FAILED);
      } else if (t >= c->t_next) {
        retr_inv++;
        c->retr++;
        c->t_next = t + (500000000LL << (c->retr < 6 ? c->retr : 6));
        send_req(c->last, c->last_n);
      }
    } else if (c->st == BYE_SENT && t >= c->t_next) {
      if (c->retr == 99) {
        fail_to++;
        call_end(i, FAILED);
      } else if (c->retr > 6) {
        fail_to++;
        call_end(i, FAILED);
      } else {
        retr_bye++;
        c->retr++;
        c->t_next = t + (500000000LL << (c->retr < 3 ? c->retr : 3));
        send_req(c->last, c->last_n);
      }
    }
    if (c->b_st == 1 && c->b_ok && t >= c->t_b_next && c->st != FAILED) {
      if (c->b_retr++ < 6) {
        retr_ok++;
        c->t_b_next = t + (500000000LL << (c->b_retr < 3 ? c->b_retr : 3));
        sendto(sb, c->b_ok, c->b_ok_n, 0, (void *)&b_src, sizeof b_src);
      } else c->b_st = 2;
    }
    if (c->st == UP) {
      if (o.churn && !c->rpk && !o.dtmf && t - c->t_up >= (ns_t)(o.hold * 1e9)) bye(i);
      else if (o.churn && o.dtmf && t - c->t_up >= (ns_t)(o.hold * 1e9)) {
        fail_to++;
        c->t_bye = 0;
        bye(i);
        c->retr = 0;
      } else if (c->rpk && c->rpk_o >= c->rpk_n && t - c->t_next > 1500000000LL) bye(i);
    }
  }
}

// --- RTP
static struct mmsghdr txm[2][BATCH];
static struct iovec txv[2][BATCH];
static uint8_t txb[2][BATCH][400];
static int txn[2];
static ns_t *txst[2][BATCH];

static void tx_flush(int d) {
  int n = txn[d];
  if (!n) return;
  ns_t t = now();
  for (int k = 0; k < n; k++)
    if (txst[d][k]) *txst[d][k] = t;
  int k = 0;
  while (k < n) {
    int r = sendmmsg(d ? rb : ra, txm[d] + k, n - k, 0);
    if (r <= 0) break;
    k += r;
  }
  txpk += n;
  txn[d] = 0;
}

static uint8_t *tx_slot(int d, struct sockaddr_in *to, int len, ns_t *st) {
  if (txn[d] == BATCH) tx_flush(d);
  int k = txn[d]++;
  txv[d][k] = (struct iovec){txb[d][k], len};
  memset(&txm[d][k], 0, sizeof txm[d][k]);
  txm[d][k].msg_hdr =
      (struct msghdr){.msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &txv[d][k], .msg_iovlen = 1};
  txst[d][k] = st;
  return txb[d][k];
}

static void rtp_hdr(uint8_t *p, int pt, int mark, uint16_t seq, uint32_t ts, uint32_t ssrc) {
  p[0] = 0x80;
  p[1] = pt | (mark ? 0x80 : 0);
  p[2] = seq >> 8;
  p[3] = seq;
  p[4] = ts >> 24;
  p[5] = ts >> 16;
  p[6] = ts >> 8;
  p[7] = ts;
  p[8] = ssrc >> 24;
  p[9] = ssrc >> 16;
  p[10] = ssrc >> 8;
  p[11] = ssrc;
}

static uint8_t fill[2][8192];

static uint8_t lin2u(int v) {
  int s = 0x80;
  if (v < 0) {
    v = -v;
    s = 0;
  }
  v += 132;
  if (v > 32767) v = 32767;
  int e = 7;
  for (int m = 0x4000; !(v & m) && e > 0; m >>= 1) e--;
  return (~((s ? 0 : 0x80) | (e << 4) | ((v >> (e + 3)) & 15))) & 0xff;
}

static uint8_t lin2a(int v) {
  int s = 0x80;
  if (v < 0) {
    v = -v;
    s = 0;
  }
  if (v > 32767) v = 32767;
  int e = 7;
  for (int m = 0x4000; !(v & m) && e > 0; m >>= 1) e--;
  int q = e ? (v >> (e + 3)) & 15 : (v >> 4) & 15;
  return (s | (e << 4) | q) ^ 0x55;
}

// A packet names itself by the sign of its first 48 samples, which survives
// mu-law <-> A-law: 16 bits call, 16 bits counter, 16 bits check.
static uint16_t chk(uint16_t a, uint16_t b) { return (uint16_t)(a * 40503u ^ (b * 30011u + 0x5a5au)); }

static void send_voice(Call *c, int i, int d) {
  Leg *l = d ? &c->b : &c->a;
  int pt = d ? o.cb : o.ca;
  uint8_t *p = tx_slot(d, &l->to, 172, &l->st[l->cnt % RING]);
  rtp_hdr(p, pt, l->cnt == 0, l->seq++, l->ts, l->ssrc);
  l->ts += 160;
  memcpy(p + 12, fill[pt == 8] + ((l->cnt * 160 + i * 977) % (8192 - 160)), 160);
  if (o.marked) {
    uint16_t w[3] = {i, l->cnt, chk(i, l->cnt)};
    uint8_t hi = pt == 8 ? 0xB4 : 0x9E, lo = hi & 0x7f;
    for (int k = 0; k < MARK; k++) p[12 + k] = (w[k / 16] >> (15 - k % 16)) & 1 ? hi : lo;
  }
  l->cnt++;
}

static int dcode(int ch) { return isdigit(ch) ? ch - '0' : ch == '*' ? 10 : ch == '#' ? 11 : ch - 'A' + 12; }

// the digits of --dtmf as RFC 4733 events in place of voice; returns 1 while one is being sent
static int send_dtmf(Call *c, ns_t t) {
  if (!o.dtmf || c->dt_i >= (int)strlen(o.dtmf) || t < c->dt_t) return 0;
  Leg *l = &c->a;
  if (c->dt_pk == 0) c->dt_ts = l->ts;
  int dur = (c->dt_pk + 1) * 160, full = (int)(o.dt_ms * 8), end = dur >= full;
  uint8_t *p;
  for (int r = 0; r < (end ? 3 : 1); r++) {
    p = tx_slot(0, &l->to, 16, NULL);
    rtp_hdr(p, 101, c->dt_pk == 0 && r == 0, l->seq++, c->dt_ts, l->ssrc);
    p[12] = dcode(o.dtmf[c->dt_i]);
    p[13] = (end ? 0x80 : 0) | 10;
    int du = end ? full : dur;
    p[14] = du >> 8;
    p[15] = du;
  }
  c->dt_pk++;
  l->ts += 160;
  if (end) {
    c->dt_i++;
    c->dt_pk = 0;
    c->dt_t = t + (ns_t)(o.dt_gap * 1e6);
  }
  return 1;
}

static void rtp_tick(int64_t k, ns_t t) {
  if (o.pps <= 0) return;
  int slot = k % 20;
  for (int i = slot; i < o.calls; i += 20) {
    Call *c = &calls[i];
    if (c->a.on && !c->rpk && !send_dtmf(c, t)) send_voice(c, i, 0);
    if (c->b.on) send_voice(c, i, 1);
  }
  tx_flush(0);
  if (rb >= 0) tx_flush(1);
}

static void rpk_tick(ns_t t) {
  for (int i = 0; i < o.calls; i++) {
    Call *c = &calls[i];
    if (!c->rpk || !c->a.on) continue;
    while (c->rpk_o + 6 <= c->rpk_n) {
      uint32_t us;
      uint16_t len;
      memcpy(&us, c->rpk + c->rpk_o, 4);
      memcpy(&len, c->rpk + c->rpk_o + 4, 2);
      if (c->t_media + us * 1000LL > t) break;
      if (len <= 400) memcpy(tx_slot(0, &c->a.to, len, NULL), c->rpk + c->rpk_o + 6, len);
      c->rpk_o += 6 + len;
      c->t_next = t;
    }
  }
  tx_flush(0);
}

static void rtp_rx(int d, uint8_t *p, int n, int sport, ns_t t) { // d: 0 received by A, 1 by B
  rxpk++;
  if (n < 13) return;
  int pt = p[1] & 0x7f, i = (d ? mapB : mapA)[sport] - 1;
  if (i >= 0) {
    Leg *l = d ? &calls[i].b : &calls[i].a;
    l->rx++;
    if (pt == 101 && n >= 16) {
      uint32_t ts = p[4] << 24 | p[5] << 16 | p[6] << 8 | p[7];
      int seg = l->ev == p[12] && !l->ev_end && ts - l->ev_ts > 0xf000 &&
                ts - l->ev_ts < 0x10100; // a long event's next segment
      if (seg) {
        l->ev_sum += ts - l->ev_ts;
        l->ev_ts = ts;
      } else if (l->ev < 0 || l->ev_ts != ts || l->ev != p[12]) {
        ev_flush(l, i);
        l->ev = p[12];
        l->ev_ts = ts;
        l->ev_t = t;
        l->ev_n = l->ev_sum = l->ev_end = 0;
      }
      l->ev_end |= p[13] & 0x80;
      l->ev_n++;
      l->ev_dur = p[14] << 8 | p[15];
      return;
    }
    if (!o.marked) {
      if (measuring && l->last_r) {
        ns_t j = t - l->last_r - 20000000LL;
        hadd(&jit[d], j < 0 ? -j : j);
      }
      l->last_r = t;
      return;
    }
  }
  if (!o.marked || n < 12 + MARK) return;
  uint16_t w[3] = {0};
  for (int k = 0; k < MARK; k++) w[k / 16] = w[k / 16] << 1 | p[12 + k] >> 7;
  if (w[2] != chk(w[0], w[1]) || w[0] >= o.calls) {
    undec++;
    return;
  }
  Call *c = &calls[w[0]];
  Leg *s = d ? &c->a : &c->b;
  uint16_t cn = w[1];
  if (!s->st || (uint16_t)(s->cnt - 1 - cn) >= RING) return;
  ns_t st = s->st[cn % RING];
  if (cn >= s->c0 && cn < s->c1 && s->c1) {
    uint8_t *b = &s->bits[cn / 8 % 8192], m = 1 << (cn % 8);
    if (*b & m) {
      dups++;
      return;
    }
    *b |= m;
    s->got++;
    hadd(&lat[d], t - st);
    if (s->last_r) {
      ns_t j = (t - s->last_r) - (st - s->last_s);
      hadd(&jit[d], j < 0 ? -j : j);
    }
  }
  s->last_r = t;
  s->last_s = st;
}

static void rtp_drain(int d) {
  static struct mmsghdr h[RXB];
  static struct iovec v[RXB];
  static uint8_t b[RXB][512];
  static struct sockaddr_in src[RXB];
  static char ctl[RXB][128];
  int s = d ? rb : ra;
  static uint32_t ov[2];
  for (int g = 0; g < 64; g++) {
    for (int k = 0; k < RXB; k++) {
      v[k] = (struct iovec){b[k], 512};
      h[k].msg_hdr = (struct msghdr){.msg_name = &src[k],
          .msg_namelen = sizeof src[k],
          .msg_iov = &v[k],
          .msg_iovlen = 1,
          .msg_control = ctl[k],
          .msg_controllen = sizeof ctl[k]};
    }
    int n = recvmmsg(s, h, RXB, MSG_DONTWAIT, NULL);
    if (n <= 0) return;
    for (int k = 0; k < n; k++) {
      uint32_t q = ov[d];
      ns_t t = stamp_of(&h[k].msg_hdr, &q);
      if (q != ov[d]) {
        rovfl += q - ov[d];
        ov[d] = q;
      }
      rtp_rx(d, b[k], h[k].msg_len, ntohs(src[k].sin_port), t ? t : now());
    }
    if (n < RXB) return;
  }
}

static void usage(void) {
  fprintf(stderr, "usage: sipload --sut IP:PORT --pid PID[,PID] [options]; see README.md\n");
  exit(2);
}

int main(int argc, char **argv) {
  static struct option lo[] = {{"sut", 1, 0, 's'}, {"pid", 1, 0, 'p'}, {"calls", 1, 0, 'n'}, {"rate", 1, 0, 'r'},
      {"hold", 1, 0, 'h'}, {"secs", 1, 0, 'S'}, {"settle", 1, 0, 'Q'}, {"prefix", 1, 0, 'u'}, {"number", 1, 0, 'U'},
      {"from", 1, 0, 'f'}, {"uas-port", 1, 0, 'b'}, {"uac-port", 1, 0, 'a'}, {"codec-a", 1, 0, 'x'},
      {"codec-b", 1, 0, 'y'}, {"rtp", 0, 0, 'R'}, {"steady", 0, 0, 'T'}, {"unmarked", 0, 0, 'M'},
      {"no-te-a", 0, 0, 'e'}, {"no-te-b", 0, 0, 'E'}, {"dtmf", 1, 0, 'd'}, {"dtmf-after", 1, 0, 'D'},
      {"dtmf-ms", 1, 0, 'm'}, {"dtmf-gap", 1, 0, 'g'}, {"play", 1, 0, 'P'}, {"events", 1, 0, 'L'},
      {"rtp-ports", 1, 0, 'o'}, {"group", 1, 0, 'G'}, {"label", 1, 0, 'l'}, {0, 0, 0, 0}};
  o.churn = 1;
  int ch;
  while ((ch = getopt_long(argc, argv, "", lo, NULL)) != -1) switch (ch) {
    case 's': o.sut = optarg; break;
    case 'p': o.pids = optarg; break;
    case 'n': o.calls = atoi(optarg); break;
    case 'r': o.rate = atof(optarg); break;
    case 'h': o.hold = atof(optarg); break;
    case 'S': o.secs = atof(optarg); break;
    case 'Q': o.settle = atof(optarg); break;
    case 'u': o.prefix = optarg; break;
    case 'U':
      o.prefix = optarg;
      o.fixed = 1;
      break;
    case 'f': o.from = optarg; break;
    case 'b': o.uasport = atoi(optarg); break;
    case 'a': o.uacport = atoi(optarg); break;
    case 'x': o.ca = atoi(optarg); break;
    case 'y': o.cb = atoi(optarg); break;
    case 'R': o.pps = 50; break;
    case 'T': o.churn = 0; break;
    case 'M': o.marked = 0; break;
    case 'e': o.teA = 0; break;
    case 'E': o.teB = 0; break;
    case 'd': o.dtmf = optarg; break;
    case 'D': o.dt_after = atof(optarg); break;
    case 'm': o.dt_ms = atof(optarg); break;
    case 'g': o.dt_gap = atof(optarg); break;
    case 'P': o.play = optarg; break;
    case 'L': o.evlog = optarg; break;
    case 'o':
      o.rtpa = atoi(optarg);
      o.rtpb = o.rtpa + 2;
      break;
    case 'G': o.group = atoi(optarg); break;
    case 'l': o.label = optarg; break;
    default: usage();
    }
  if (o.calls < 1 || o.calls > 65000 || o.rate <= 0) usage();
  char ip[64];
  if (sscanf(o.sut, "%63[^:]:%d", ip, &sut_port) != 2) usage();
  sut.sin_family = AF_INET;
  sut.sin_port = htons(sut_port);
  inet_pton(AF_INET, ip, &sut.sin_addr);
  calls = calloc(o.calls, sizeof *calls);
  tabn = 1;
  while (tabn < (uint32_t)o.calls * 4) tabn <<= 1;
  tab = calloc(tabn, sizeof *tab);
  snprintf(run_id, sizeof run_id, "r%x", (unsigned)(now() / 1000000 & 0xffffffff));
  signal(SIGINT, on_sig);
  signal(SIGTERM, on_sig);
  sa = udp(o.uacport, 1);
  ra = udp(o.rtpa, 1);
  (void)udp(o.rtpa + 1, 0);
  if (o.uasport) {
    sb = udp(o.uasport, 1);
    rb = udp(o.rtpb, 1);
    (void)udp(o.rtpb + 1, 0);
  }
  if (o.evlog) evf = fopen(o.evlog, "w");
  uint32_t rs = 12345;
  for (int k = 0; k < 8192; k++) {
    rs = rs * 1664525u + 1013904223u;
    int v = ((int)(rs >> 16) % 2000) - 1000;
    if (!o.marked) v += 2000 * sin(k * 0.2);
    fill[0][k] = lin2u(v);
    fill[1][k] = lin2a(v);
  }
  if (o.play) {
    FILE *f = fopen(o.play, "r");
    char ln[1024];
    int i = 0;
    if (!f) usage();
    char dir[1024];
    snprintf(dir, sizeof dir, "%s", o.play);
    char *sl = strrchr(dir, '/');
    if (sl) sl[1] = 0;
    else dir[0] = 0;
    while (i < o.calls && fgets(ln, sizeof ln, f)) {
      ln[strcspn(ln, " \t\r\n")] = 0;
      if (!*ln) continue;
      char p[2100];
      snprintf(p, sizeof p, "%s%s", dir, ln);
      FILE *g = fopen(p, "rb");
      if (!g) {
        perror(p);
        return 2;
      }
      fseek(g, 0, SEEK_END);
      calls[i].rpk_n = ftell(g);
      rewind(g);
      calls[i].rpk = malloc(calls[i].rpk_n + 1);
      if (fread(calls[i].rpk, 1, calls[i].rpk_n, g) != calls[i].rpk_n) return 2;
      fclose(g);
      i++;
    }
    fclose(f);
    o.calls = i;
    o.pps = 50;
    o.marked = 1;
  }
  double cpu0, rss0, cpu1 = 0, rss1, cpum0 = 0, cpum1 = 0, rssm = 0, idle;
  struct timespec one = {1, 0};
  proc_sum(&cpu0, &rss0);
  nanosleep(&one, NULL);
  proc_sum(&cpu1, &rss0);
  idle = cpu1 - cpu0;
  cpu0 = cpu1;
  ns_t t0 = now(), tick = t0, tm = t0, t_all = 0, tm0 = 0, tm1 = 0, t_hang = 0;
  int64_t tk = 0;
  int launched = 0, phase = 0, hung = 0, peak_up = 0;
  uint64_t ok_up = 0;
  double self0 = clock() / (double)CLOCKS_PER_SEC;
  while (!stop) {
    ns_t t = now();
    int burst = 0;
    while (launched < o.calls && t >= t0 + (ns_t)(launched * (1e9 / o.rate)) && burst++ < 20) invite(launched++);
    int lag = 0;
    while (tick <= t) {
      rtp_tick(tk, t);
      if (o.play) rpk_tick(t);
      tk++;
      tick += 1000000;
      if (++lag > 5) late_ticks++;
    }
    sip_drain(sa);
    if (sb >= 0) sip_drain(sb);
    rtp_drain(0);
    if (rb >= 0) rtp_drain(1);
    if (t - tm >= 10000000) {
      tm = t;
      timers(t);
      if ((int)up_n > peak_up) peak_up = up_n;
      if (!o.churn && launched == o.calls) {
        if (phase == 0) {
          int pend = 0;
          ok_up = 0;
          for (int i = 0; i < o.calls; i++) {
            pend += calls[i].st == CALLING;
            ok_up += calls[i].st == UP;
          }
          if (!pend) {
            phase = 1;
            t_all = t;
          }
        }
        if (phase == 1 && t - t_all > o.settle * 1e9) {
          phase = 2;
          for (int i = 0; i < o.calls; i++) {
            Call *c = &calls[i];
            c->a.c0 = c->a.cnt;
            c->a.c1 = 65535;
            c->b.c0 = c->b.cnt;
            c->b.c1 = 65535;
            c->a.rx0 = c->a.rx;
            c->b.rx0 = c->b.rx;
            c->a.last_r = c->b.last_r = 0;
          }
          measuring = 1;
          tm0 = now();
          proc_sum(&cpum0, &rssm);
        }
        if (phase == 2 && t - tm0 > o.secs * 1e9) {
          phase = 3;
          for (int i = 0; i < o.calls; i++) {
            Call *c = &calls[i];
            c->a.c1 = c->a.cnt;
            c->b.c1 = c->b.cnt;
            c->a.rx1 = c->a.rx;
            c->b.rx1 = c->b.rx;
          }
          proc_sum(&cpum1, &rssm);
          tm1 = now();
          measuring = 0;
        }
        if (phase == 3 && t - tm1 > 500000000LL) {
          if (!t_hang) t_hang = t;
          while (hung < o.calls && t >= t_hang + (ns_t)(hung * (1e9 / o.rate))) {
            bye(hung);
            hung++;
          }
        }
      }
      if (done_n + failed >= (uint64_t)o.calls && launched == o.calls) break;
    }
    t = now();
    if (tick > t) {
      struct pollfd pf[2] = {{sa, POLLIN, 0}, {sb, POLLIN, 0}};
      struct timespec ts = {0, o.pps > 0 ? tick - t : 1000000};
      ppoll(pf, sb >= 0 ? 2 : 1, &ts, NULL);
    }
  }
  ns_t t1 = now();
  proc_sum(&cpu1, &rss1);
  double self1 = clock() / (double)CLOCKS_PER_SEC;
  for (int i = 0; i < o.calls; i++) {
    ev_flush(&calls[i].b, i);
    ev_flush(&calls[i].a, i);
  }
  if (evf) fclose(evf);
  uint64_t exp[2] = {0}, got[2] = {0}, rxw = 0, txw = 0;
  for (int i = 0; i < o.calls; i++) {
    Call *c = &calls[i];
    if (c->a.c1) {
      exp[1] += c->a.c1 - c->a.c0;
      got[1] += c->a.got;
      exp[0] += c->b.c1 - c->b.c0;
      got[0] += c->b.got;
      rxw += c->a.rx1 - c->a.rx0 + c->b.rx1 - c->b.rx0;
      txw += c->a.c1 - c->a.c0 + c->b.c1 - c->b.c0;
    }
  }
  printf("{\"label\":\"%s\",\"calls\":%d,\"rate\":%g,\"ok\":%lu,\"failed\":%lu,\"timeouts\":%lu"
         ",\"wall_s\":%.2f,\"sut_cpu_s\":%.2f,\"sut_idle_cpu_per_s\":%.3f,\"cpu_ms_per_call\":%.3f"
         ",\"cpu_cores\":%.3f,\"rss_before_kib\":%.0f,\"rss_after_kib\":%.0f,\"gen_cpu_s\":%.2f"
         ",\"peak_up\":%d",
      o.label, o.calls, o.rate, done_n, failed, fail_to, (t1 - t0) / 1e9, cpu1 - cpu0, idle,
      (cpu1 - cpu0) * 1000 / o.calls, (cpu1 - cpu0) * 1e9 / (t1 - t0), rss0, rss1, self1 - self0, peak_up);
  printf(",\"retrans\":{\"inv\":%lu,\"bye\":%lu,\"ok\":%lu,\"sut_inv\":%lu,\"sut_ok\":%lu,\"sut_bye\":%lu}", retr_inv,
      retr_bye, retr_ok, rx_dup_inv, rx_dup_ok, rx_dup_bye);
  printf(",\"setup_ms\":{\"p50\":%.2f,\"p99\":%.2f}", hq(&callup, .5), hq(&callup, .99));
  if (sb >= 0)
    printf(",\"pdd_ms\":{\"p50\":%.2f,\"p99\":%.2f},\"answer_ms\":{\"p50\":%.2f,\"p99\":%.2f}", hq(&pdd, .5),
        hq(&pdd, .99), hq(&ansd, .5), hq(&ansd, .99));
  printf(",\"bye_ms\":{\"p50\":%.2f,\"p99\":%.2f}", hq(&byed, .5), hq(&byed, .99));
  if (tm1) {
    double w = (tm1 - tm0) / 1e9, cc = cpum1 - cpum0;
    printf(",\"steady\":{\"up\":%lu,\"secs\":%.1f,\"cpu_s\":%.2f,\"cpu_pct\":%.1f,\"cpu_pct_per_100\":%.2f"
           ",\"rss_kib\":%.0f,\"rss_kib_per_call\":%.1f",
        ok_up, w, cc, 100 * cc / w, ok_up ? 100 * cc / w / ok_up * 100 : 0, rssm, ok_up ? (rssm - rss0) / ok_up : 0);
    if (o.pps) printf(",\"tx\":%lu,\"rx\":%lu", txw, rxw);
    if (o.pps && o.marked && sb >= 0)
      printf(",\"loss_pct\":%.4f,\"lost_ab\":%ld,\"lost_ba\":%ld,\"dup\":%lu,\"lat_ms\":{\"ab_p50\":%.3f"
             ",\"ab_p99\":%.3f,\"ba_p50\":%.3f,\"ba_p99\":%.3f},\"jitter_ms\":{\"p50\":%.3f,\"p99\":%.3f}",
          exp[0] + exp[1] ? 100.0 * (exp[0] + exp[1] - got[0] - got[1]) / (exp[0] + exp[1]) : 0,
          (long)(exp[1] - got[1]), (long)(exp[0] - got[0]), dups, hq(&lat[1], .5), hq(&lat[1], .99), hq(&lat[0], .5),
          hq(&lat[0], .99), hq(&jit[1], .5), hq(&jit[1], .99));
    else if (o.pps) printf(",\"jitter_ms\":{\"p50\":%.3f,\"p99\":%.3f}", hq(&jit[0], .5), hq(&jit[0], .99));
    printf("}");
  }
  printf(",\"gen\":{\"rx_overflow\":%lu,\"undecoded\":%lu,\"late_ticks\":%lu,\"tx\":%lu,\"rx\":%lu}"
         ",\"events\":%lu,\"sut_bye\":%d,\"fail_codes\":{",
      rovfl, undec, late_ticks, txpk, rxpk, events, o.bye_by_sut);
  for (int k = 0, f = 1; k < 700; k++)
    if (fail_codes[k]) {
      printf("%s\"%d\":%d", f ? "" : ",", k, fail_codes[k]);
      f = 0;
    }
  printf("}}\n");
  return done_n == (uint64_t)o.calls ? 0 : 1;
}
