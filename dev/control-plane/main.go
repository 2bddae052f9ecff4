// Command control-plane is a real Kubernetes control plane for development and tests: etcd,
// kube-apiserver and kube-controller-manager in one binary, chosen by the first argument. There are
// no nodes, no scheduler and no kubelet, so pods are admitted and stored but never run.
package main

import (
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

// gracePeriod is how long a component may take to stop once its starter is gone.
const gracePeriod = 15 * time.Second

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	component := os.Args[1]
	// Each component parses os.Args itself, and etcd looks at os.Args[0].
	os.Args = append([]string{component}, os.Args[2:]...)
	if os.Getenv("CONTROL_PLANE_EXIT_WITH_STDIN") == "1" {
		go stopWhenStarterDies()
	}
	switch component {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
	default:
		usage()
	}
}

// stopWhenStarterDies ends this process when standard input closes. The starter holds the other end
// of that pipe, so the kernel closes it even when the starter is killed without a chance to clean up.
func stopWhenStarterDies() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	time.Sleep(gracePeriod)
	os.Exit(1)
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: control-plane etcd|kube-apiserver|kube-controller-manager [flags]")
	os.Exit(2)
}
