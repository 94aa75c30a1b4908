// The seed's receiver for Go, on its standard library alone: go run main.go <port>
// Corrected where the seed is wrong: what is malformed or too old is refused.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"time"
)

var webhookSecret = os.Getenv("WEBHOOK_SECRET")

func verifyWebhook(r *http.Request, body []byte) bool {
	signature := r.Header.Get("X-Webhook-Signature")
	timestamp := r.Header.Get("X-Webhook-Timestamp")

	// Construct signed payload
	signedPayload := timestamp + "." + string(body)

	// Calculate expected signature
	h := hmac.New(sha256.New, []byte(webhookSecret))
	h.Write([]byte(signedPayload))
	expected := hex.EncodeToString(h.Sum(nil))

	// Timing-safe comparison
	return isRecentTimestamp(timestamp) &&
		subtle.ConstantTimeCompare([]byte(signature), []byte(expected)) == 1
}

var digits = regexp.MustCompile(`^[0-9]+$`)

func isRecentTimestamp(timestamp string) bool {
	millis, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || !digits.MatchString(timestamp) {
		return false
	}
	age := time.Since(time.UnixMilli(millis)).Abs()
	return age <= 5*time.Minute
}

func handleWebhook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !verifyWebhook(r, body) {
		fmt.Println("refused")
		http.Error(w, "Invalid signature", http.StatusUnauthorized)
		return
	}
	var event struct{ Event string }
	if err := json.Unmarshal(body, &event); err != nil {
		http.Error(w, "Not JSON", http.StatusBadRequest)
		return
	}
	fmt.Println("verified", event.Event)
	w.WriteHeader(http.StatusOK)
}

func main() {
	if webhookSecret == "" {
		webhookSecret = "your-secret-key"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, http.HandlerFunc(handleWebhook)))
}
