// A web server as a careful team writes it: told to stop, it goes on answering for a second, asks
// its clients to come back elsewhere, and only then ends. MODE=crash: it exits at once.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

const drain = time.Second

func main() {
	if os.Getenv("MODE") == "crash" {
		log.Fatal("told to crash")
	}
	var leaving atomic.Bool
	handler := http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		if leaving.Load() {
			answer.Header().Set("Connection", "close")
		}
		answer.Write([]byte(os.Getenv("RELEASE")))
	})
	server := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: handler}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		<-told
		leaving.Store(true)
		time.Sleep(drain)
		server.Shutdown(context.Background())
		close(done)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	<-done
}
