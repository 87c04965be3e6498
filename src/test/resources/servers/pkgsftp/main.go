// The SFTP server of pkg/sftp with its defaults, as a subsystem of sshd.
package main

import (
	"io"
	"log"
	"os"

	"github.com/pkg/sftp"
)

type standardStreams struct {
	io.Reader
	io.WriteCloser
}

func main() {
	server, err := sftp.NewServer(standardStreams{os.Stdin, os.Stdout})
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Serve(); err != nil && err != io.EOF {
		log.Fatal(err)
	}
}
