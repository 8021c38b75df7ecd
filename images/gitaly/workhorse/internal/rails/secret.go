package rails

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// TokenHeader carries the proof that a request comes from Workhorse.
	TokenHeader = "Gitlab-Workhorse-Api-Request"

	secretBytes = 32
	issuer      = "gitlab-workhorse"
)

// Secret is the key shared with Rails. It is read when first needed and kept,
// as the genuine program keeps it: a changed file asks for a restart.
type Secret struct {
	path string

	mutex sync.Mutex
	key   []byte
}

// NewSecret names the file; it need not exist yet.
func NewSecret(path string) *Secret { return &Secret{path: path} }

// Token is a signed statement that Workhorse asks.
func (s *Secret) Token() (string, error) {
	key, err := s.read()
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{Issuer: issuer}).SignedString(key)
}

func (s *Secret) read() ([]byte, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.key != nil {
		return s.key, nil
	}
	text, err := os.ReadFile(s.path)
	if err != nil {
		return nil, fmt.Errorf("read secretPath: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil {
		return nil, fmt.Errorf("decode secret: %w", err)
	}
	if len(key) != secretBytes {
		return nil, fmt.Errorf("expected %d bytes in %s, found %d", secretBytes, s.path, len(key))
	}
	s.key = key
	return key, nil
}
