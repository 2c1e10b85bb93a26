// Calls tools of an MCP server with the Go SDK, and prints what each call came to, as JSON lines.
//
// The environment says where and as whom: MCP_URL, and either MCP_TOKEN or MCP_CLIENT_ID,
// MCP_CLIENT_SECRET and MCP_ISSUER.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth/extauth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

// withToken sends a token that is there already.
type withToken string

func (token withToken) RoundTrip(request *http.Request) (*http.Response, error) {
	copied := request.Clone(request.Context())
	copied.Header.Set("Authorization", "Bearer "+string(token))
	return http.DefaultTransport.RoundTrip(copied)
}

func transport() (*mcp.StreamableClientTransport, error) {
	endpoint := os.Getenv("MCP_URL")
	if token := os.Getenv("MCP_TOKEN"); token != "" {
		client := &http.Client{Transport: withToken(token)}
		return &mcp.StreamableClientTransport{Endpoint: endpoint, HTTPClient: client}, nil
	}
	handler, err := extauth.NewClientCredentialsHandler(&extauth.ClientCredentialsHandlerConfig{
		Credentials: &oauthex.ClientCredentials{
			ClientID:         os.Getenv("MCP_CLIENT_ID"),
			ClientSecretAuth: &oauthex.ClientSecretAuth{ClientSecret: os.Getenv("MCP_CLIENT_SECRET")},
			Issuer:           os.Getenv("MCP_ISSUER"),
		},
	})
	return &mcp.StreamableClientTransport{Endpoint: endpoint, OAuthHandler: handler}, err
}

func outcome(ctx context.Context, session *mcp.ClientSession, name string, arguments map[string]any) string {
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		return "refused: " + err.Error()
	}
	text := ""
	for _, part := range result.Content {
		if content, ok := part.(*mcp.TextContent); ok {
			text += content.Text
		}
	}
	if result.IsError {
		return "refused: " + text
	}
	return text
}

func report(text string) {
	line, _ := json.Marshal(text)
	fmt.Println(string(line))
}

func main() {
	var calls [][2]json.RawMessage
	if err := json.Unmarshal([]byte(os.Args[1]), &calls); err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	connection, err := transport()
	if err != nil {
		report("session ended: " + err.Error())
		return
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "counterpart", Version: "1"}, nil)
	session, err := client.Connect(ctx, connection, nil)
	if err != nil {
		report("session ended: " + err.Error())
		return
	}
	defer session.Close()
	for _, call := range calls {
		var name string
		var arguments map[string]any
		if json.Unmarshal(call[0], &name) != nil || json.Unmarshal(call[1], &arguments) != nil {
			panic("a call is [name, arguments]")
		}
		report(outcome(ctx, session, name, arguments))
	}
}
