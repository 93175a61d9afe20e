#pragma once
#include <cstdlib>
enum { WL_CONNECTED = 3, WIFI_STA = 1 };
struct Network {
    void mode(int) {}
    void setAutoReconnect(bool) {}
    void begin(const char *, const char *) {}
    int status() { return getenv("OFFLINE") ? 6 : WL_CONNECTED; }
};
static Network WiFi;
