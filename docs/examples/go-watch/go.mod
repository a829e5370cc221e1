module millrace.example/go-watch

go 1.22
