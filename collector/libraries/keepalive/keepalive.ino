// A keep-alive for Almanac from an ESP32 (Arduino core 2 or 3): one HTTP GET now and then, in a task of its own, so that
// the demo in loop() never waits for the network and never fails for it. MIT licence, as Almanac.
#include <Arduino.h>
#include <HTTPClient.h>
#include <WiFi.h>
#include <WiFiClientSecure.h>

static const char *NETWORK = "network";
static const char *PASSWORD = "password";
static const char *ADDRESS = "https://status.example.org/beat/SECRET";
static const uint32_t EVERY_MS = 5UL * 60UL * 1000UL;
// The certificate of who signed the server's, in PEM. Without it nothing is sent: the address is a secret.
static const char *AUTHORITY = "";

static volatile float celsius = NAN;  // set in loop(), told with the next beat; NAN: not known, so not told

static void beat() {
    if (WiFi.status() != WL_CONNECTED || AUTHORITY[0] == '\0') return;
    WiFiClientSecure client;
    HTTPClient http;
    client.setCACert(AUTHORITY);
    http.setConnectTimeout(5000);
    http.setTimeout(5000);
    const float now = celsius;
    String address = ADDRESS;
    if (!isnan(now)) address += "?temperature=" + String(now, 1);
    if (http.begin(client, address)) http.GET();
    http.end();
}

static void beats(void *) {
    for (;;) {
        beat();
        vTaskDelay(pdMS_TO_TICKS(EVERY_MS));
    }
}

void setup() {
    WiFi.mode(WIFI_STA);
    WiFi.setAutoReconnect(true);
    WiFi.begin(NETWORK, PASSWORD);
    xTaskCreate(beats, "beats", 12288, NULL, 1, NULL);
}

void loop() {
    // The demo. It may say: celsius = 21.5;
    delay(10);
}
