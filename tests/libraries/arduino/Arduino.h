// As much of the ESP32's Arduino core as the keep-alive uses, so that it can be compiled and run here.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
using std::isnan;
struct String : std::string {
    String(const char *text = "") : std::string(text) {}
    String(const std::string &text) : std::string(text) {}
    String(float number, unsigned digits) {
        char text[32];
        snprintf(text, sizeof text, "%.*f", static_cast<int>(digits), static_cast<double>(number));
        assign(text);
    }
};
#define pdMS_TO_TICKS(ms) (ms)
struct Stop {};
inline void vTaskDelay(uint32_t ticks) { printf("wait %u\n", ticks); throw Stop(); }
inline int xTaskCreate(void (*task)(void *), const char *, uint32_t, void *told, int, void *) {
    try { task(told); } catch (Stop) {}
    return 1;
}
inline void delay(uint32_t) {}
