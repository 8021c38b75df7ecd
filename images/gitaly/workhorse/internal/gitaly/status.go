package gitaly

import (
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const unavailable = "The git server, Gitaly, is not available at this time. Please contact your administrator."

// HTTPStatus is the status, and the words for people, of an error from Gitaly.
func HTTPStatus(err error) (int, string) {
	switch code(err) {
	case codes.Unavailable:
		return http.StatusServiceUnavailable, unavailable
	case codes.NotFound:
		return http.StatusNotFound, "Not Found."
	default:
		return http.StatusInternalServerError, ""
	}
}

// code looks through wrapped errors.
func code(err error) codes.Code {
	converted, _ := status.FromError(err)
	return converted.Code()
}
