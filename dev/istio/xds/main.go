// Command xds asks an istiod, as a proxy of a pod, for all that it would serve that proxy, and prints it
// as JSON: an object with a list for each kind of resource. With -ztunnel it asks as a ztunnel.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	// Every extension of Envoy that istiod configures, so that it can be printed.
	_ "github.com/cncf/xds/go/udpa/type/v1"
	_ "github.com/cncf/xds/go/xds/type/v3"
	_ "istio.io/api/envoy/extensions/stats"
	_ "istio.io/istio/pkg/config/xds"
	_ "istio.io/istio/pkg/workloadapi"
	_ "istio.io/istio/pkg/workloadapi/security"
)

const (
	typePrefix    = "type.googleapis.com/"
	clusterType   = typePrefix + "envoy.config.cluster.v3.Cluster"
	endpointType  = typePrefix + "envoy.config.endpoint.v3.ClusterLoadAssignment"
	listenerType  = typePrefix + "envoy.config.listener.v3.Listener"
	routeType     = typePrefix + "envoy.config.route.v3.RouteConfiguration"
	addressType   = typePrefix + "istio.workload.Address"
	authorityType = typePrefix + "istio.security.Authorization"
)

type options struct {
	address, roots, token, node, labels string
	ztunnel                             bool
	patience                            time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.address, "address", "", "host and port of istiod's secured port")
	flag.StringVar(&o.roots, "roots", "", "file with the certificates that istiod's is checked against")
	flag.StringVar(&o.token, "token", "", "file with a token of the pod's ServiceAccount for the audience istio-ca")
	flag.StringVar(&o.node, "node", "", "the proxy: sidecar~<address>~<pod>.<namespace>~<namespace>.svc.cluster.local")
	flag.StringVar(&o.labels, "labels", "{}", "labels of the pod, as a JSON object")
	flag.BoolVar(&o.ztunnel, "ztunnel", false, "ask for what a ztunnel needs")
	flag.DurationVar(&o.patience, "patience", 20*time.Second, "how long all answers may take")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(o options) error {
	ctx, cancel := context.WithTimeout(context.Background(), o.patience)
	defer cancel()
	connection, err := dial(o)
	if err != nil {
		return err
	}
	defer connection.Close()
	node, err := nodeOf(o)
	if err != nil {
		return err
	}
	token, err := os.ReadFile(o.token)
	if err != nil {
		return err
	}
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+strings.TrimSpace(string(token)))
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(connection).DeltaAggregatedResources(ctx)
	if err != nil {
		return err
	}
	s := &session{stream: stream, node: node}
	answer, err := s.everything(o.ztunnel)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

func dial(o options) (*grpc.ClientConn, error) {
	pem, err := os.ReadFile(o.roots)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate in " + o.roots)
	}
	secured := credentials.NewTLS(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12})
	size := grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(1 << 30))
	return grpc.NewClient(o.address, grpc.WithTransportCredentials(secured), size)
}

// nodeOf says what an agent says of its pod: where it is, and with which labels policies select it.
func nodeOf(o options) (*core.Node, error) {
	var labels map[string]any
	if err := json.Unmarshal([]byte(o.labels), &labels); err != nil {
		return nil, fmt.Errorf("-labels: %w", err)
	}
	parts := strings.Split(o.node, "~")
	if len(parts) != 4 {
		return nil, errors.New("-node has not four parts: " + o.node)
	}
	name, namespace, _ := strings.Cut(parts[2], ".")
	facts, err := structpb.NewStruct(map[string]any{
		"NAMESPACE": namespace, "NAME": name, "LABELS": labels, "CLUSTER_ID": "Kubernetes", "ISTIO_VERSION": "1.31.0",
		"INTERCEPTION_MODE": "REDIRECT", "HTTP10": "",
	})
	if err != nil {
		return nil, err
	}
	return &core.Node{Id: o.node, Metadata: facts, Cluster: name + "." + namespace}, nil
}

type session struct {
	stream discovery.AggregatedDiscoveryService_DeltaAggregatedResourcesClient
	node   *core.Node
}

func (s *session) everything(ztunnel bool) (map[string][]json.RawMessage, error) {
	if ztunnel {
		addresses, err := s.ask(addressType, nil)
		if err != nil {
			return nil, err
		}
		authorizations, err := s.ask(authorityType, nil)
		if err != nil {
			return nil, err
		}
		return printed(map[string][]*discovery.Resource{"addresses": addresses, "authorizations": authorizations})
	}
	clusters, err := s.ask(clusterType, nil)
	if err != nil {
		return nil, err
	}
	names, err := endpointsOf(clusters)
	if err != nil {
		return nil, err
	}
	endpoints, err := s.ask(endpointType, names)
	if err != nil {
		return nil, err
	}
	listeners, err := s.ask(listenerType, nil)
	if err != nil {
		return nil, err
	}
	if names, err = routesOf(listeners); err != nil {
		return nil, err
	}
	routes, err := s.ask(routeType, names)
	if err != nil {
		return nil, err
	}
	return printed(map[string][]*discovery.Resource{
		"clusters": clusters, "endpoints": endpoints, "listeners": listeners, "routes": routes,
	})
}

// ask subscribes to resources by name, or to all, and waits for the first answer of their kind.
func (s *session) ask(kind string, names []string) ([]*discovery.Resource, error) {
	if names != nil && len(names) == 0 {
		return nil, nil
	}
	if names == nil {
		names = []string{"*"}
	}
	request := &discovery.DeltaDiscoveryRequest{Node: s.node, TypeUrl: kind, ResourceNamesSubscribe: names}
	if err := s.stream.Send(request); err != nil {
		return nil, err
	}
	for {
		response, err := s.stream.Recv()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		accepted := &discovery.DeltaDiscoveryRequest{TypeUrl: response.TypeUrl, ResponseNonce: response.Nonce}
		if err := s.stream.Send(accepted); err != nil {
			return nil, err
		}
		if response.TypeUrl == kind {
			return response.Resources, nil
		}
	}
}

func endpointsOf(resources []*discovery.Resource) ([]string, error) {
	names := []string{}
	for _, resource := range resources {
		var c cluster.Cluster
		if err := resource.Resource.UnmarshalTo(&c); err != nil {
			return nil, err
		}
		if c.GetType() == cluster.Cluster_EDS {
			names = append(names, c.Name)
		}
	}
	return names, nil
}

func routesOf(resources []*discovery.Resource) ([]string, error) {
	names := []string{}
	for _, resource := range resources {
		var l listener.Listener
		if err := resource.Resource.UnmarshalTo(&l); err != nil {
			return nil, err
		}
		chains := append([]*listener.FilterChain{}, l.FilterChains...)
		if l.DefaultFilterChain != nil {
			chains = append(chains, l.DefaultFilterChain)
		}
		for _, chain := range chains {
			for _, filter := range chain.Filters {
				var manager hcm.HttpConnectionManager
				if !filter.GetTypedConfig().MessageIs(&manager) {
					continue
				}
				if err := filter.GetTypedConfig().UnmarshalTo(&manager); err != nil {
					return nil, err
				}
				if name := manager.GetRds().GetRouteConfigName(); name != "" {
					names = append(names, name)
				}
			}
		}
	}
	return names, nil
}

func printed(resources map[string][]*discovery.Resource) (map[string][]json.RawMessage, error) {
	answer := map[string][]json.RawMessage{}
	for kind, list := range resources {
		answer[kind] = []json.RawMessage{}
		for _, resource := range list {
			text, err := protojson.Marshal(resource.Resource)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", kind, resource.Name, err)
			}
			answer[kind] = append(answer[kind], text)
		}
	}
	return answer, nil
}
