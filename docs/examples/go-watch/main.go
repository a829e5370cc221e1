// Follows a run over server-sent events, with the standard library alone:
//
//	MILLRACE_API_KEY=mr_… go run . http://localhost:3001 <executionId>
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"time"
)

// The part of a message that this program shows.
type message struct {
	Seq     int    `json:"seq"`
	Chunk   string `json:"chunk"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// A message may be as long as a run's folded state.
const lineBytesMax = 64 << 20

func main() {
	if len(os.Args) != 3 {
		fail("usage: go-watch <address> <executionId>")
	}
	lastID := ""
	for failures := 0.0; ; failures++ {
		isOver, hasMoved := follow(os.Args[1], os.Args[2], &lastID)
		if isOver {
			return
		}
		if hasMoved {
			failures = 0
		}
		time.Sleep(time.Duration(rand.Float64() * math.Min(30, math.Pow(2, failures)) * float64(time.Second)))
	}
}

// Reads one connection to its end. isOver: the run is; hasMoved: something came.
func follow(base, executionID string, lastID *string) (isOver, hasMoved bool) {
	request, err := http.NewRequest(http.MethodGet, base+"/api/executions/"+executionID+"/stream", nil)
	if err != nil {
		fail(err.Error())
	}
	request.Header.Set("X-API-Key", os.Getenv("MILLRACE_API_KEY"))
	if *lastID != "" {
		request.Header.Set("Last-Event-ID", *lastID)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, false
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNoContent:
		return true, true
	case response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests:
		return false, false
	case response.StatusCode != http.StatusOK:
		body, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
		fail(fmt.Sprintf("refused: %d %s", response.StatusCode, body))
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, lineBytesMax)
	fields := map[string]string{}
	for lines.Scan() {
		name, value, isField := strings.Cut(lines.Text(), ":")
		if isField && name != "" {
			fields[name] = strings.TrimPrefix(value, " ")
		}
		if lines.Text() != "" {
			continue
		}
		if show(fields, lastID) {
			return true, true
		}
		hasMoved = hasMoved || fields["id"] != ""
		clear(fields)
	}
	return false, hasMoved
}

// Answers whether the run is over.
func show(fields map[string]string, lastID *string) bool {
	var told message
	if err := json.Unmarshal([]byte(fields["data"]), &told); err != nil {
		return false
	}
	switch fields["event"] {
	case "ended":
		return true
	case "error":
		fail(told.Code + ": " + told.Message)
	case "resync":
		*lastID = ""
	}
	if id := fields["id"]; id != "" {
		fmt.Println(told.Seq, fields["event"], told.Chunk)
		*lastID = id
	}
	return false
}

func fail(words string) {
	fmt.Fprintln(os.Stderr, words)
	os.Exit(1)
}
