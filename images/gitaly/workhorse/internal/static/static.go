// Package static serves the files of the Rails application's public folder.
package static

import (
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
)

// Files are those below a document root.
type Files struct {
	Root string
	// Prefix is the path that GitLab lives under, or empty.
	Prefix string
}

const (
	deployPage     = "index.html"
	badGatewayPage = "502.html"
	yearLong       = "public, max-age=31536000"
)

// Existing serves a file where there is one, and leaves the rest to next.
// While `gitlab-ctl deploy-page up` has put a page there, the rest is that page.
func (f *Files) Existing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.serve(w, r) || f.showDeployPage(w) {
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ExistingOnly serves a file where there is one, and else nothing: an asset
// that is not there is no question for Rails.
func (f *Files) ExistingOnly() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.serve(w, r) {
			http.NotFound(w, r)
		}
	})
}

// BadGatewayPage is the page for people whose browsers ask while Rails is away.
func (f *Files) BadGatewayPage(r *http.Request) []byte {
	if !acceptsHTML(r) {
		return nil
	}
	return f.read(badGatewayPage)
}

func acceptsHTML(r *http.Request) bool {
	for _, accepted := range r.Header.Values("Accept") {
		if strings.Contains(accepted, "text/html") {
			return true
		}
	}
	return false
}

func (f *Files) showDeployPage(w http.ResponseWriter) bool {
	page := f.read(deployPage)
	if page == nil {
		return false
	}
	w.Header().Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page)
	return true
}

func (f *Files) serve(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	name := strings.TrimPrefix(r.URL.Path, f.Prefix)
	file, info := f.open(name)
	if file == nil {
		return false
	}
	defer file.Close()
	if strings.HasPrefix(name, "/assets/") {
		w.Header().Set("Cache-Control", yearLong)
	}
	http.ServeContent(w, r, info.Name(), info.ModTime(), file)
	return true
}

// open returns nothing for what is no plain file, is hidden, or is a user's
// upload, about which only Rails can decide.
func (f *Files) open(name string) (*os.File, fs.FileInfo) {
	relative := strings.TrimPrefix(name, "/")
	if relative != strings.TrimPrefix(path.Clean("/"+name), "/") || isHidden(relative) || strings.HasPrefix(relative, "uploads/") {
		return nil, nil
	}
	root, err := os.OpenRoot(f.Root) // nothing outside of it can be reached, links included
	if err != nil {
		return nil, nil
	}
	defer root.Close()
	file, err := root.Open(relative)
	if err != nil {
		return nil, nil
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, nil
	}
	return file, info
}

func isHidden(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

func (f *Files) read(name string) []byte {
	file, _ := f.open(name)
	if file == nil {
		return nil
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return nil
	}
	return content
}
