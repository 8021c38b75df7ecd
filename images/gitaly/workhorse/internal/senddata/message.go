package senddata

import (
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// lenient accepts fields that this version of the protocol does not know.
var lenient = protojson.UnmarshalOptions{DiscardUnknown: true}

// unpackMessage reads a message of Gitaly's protocol that stands in the
// parameters under a name, as an object or as a string of JSON: GitLab sends both.
func unpackMessage(parameters []byte, name string, message proto.Message) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(parameters, &fields); err != nil {
		return fmt.Errorf("unpack sendData: %w", err)
	}
	text := []byte(fields[name])
	var quoted string
	if json.Unmarshal(text, &quoted) == nil {
		text = []byte(quoted)
	}
	if err := lenient.Unmarshal(text, message); err != nil {
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	return nil
}
