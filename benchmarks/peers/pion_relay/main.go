// A relay for rooms of two on Pion's WebRTC, for the comparison in benchmarks/peers.
//
// POST /rooms/NAME takes a page's offer and returns the answer; what one of a room sends, the other
// gets, packet by packet, as in Pion's own examples of relays. Default interceptors are on: NACK
// both ways, reports, and transport-cc feedback to the sender. The first line of standard output
// is the port of the API.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
)

const maxPacketBytes = 1500

// person is one of the two of a room.
type person struct {
	connection *webrtc.PeerConnection
	// out is what this one receives, by kind.
	out map[webrtc.RTPCodecType]*webrtc.TrackLocalStaticRTP
}

// room is full once both are there.
type room struct {
	people []*person
	full   chan struct{}
}

type relay struct {
	api   *webrtc.API
	mutex sync.Mutex
	rooms map[string]*room
}

func newAPI() (*webrtc.API, error) {
	media, interceptors, settings := &webrtc.MediaEngine{}, &interceptor.Registry{}, webrtc.SettingEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	if err := webrtc.RegisterDefaultInterceptors(media, interceptors); err != nil {
		return nil, err
	}
	settings.SetLite(true)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetIPFilter(func(ip net.IP) bool { return ip.Equal(net.IPv4(127, 0, 0, 1)) })
	return webrtc.NewAPI(
		webrtc.WithMediaEngine(media),
		webrtc.WithInterceptorRegistry(interceptors),
		webrtc.WithSettingEngine(settings),
	), nil
}

// enter adds a person to a room; the function returned gives the other one, once there is one.
func (r *relay) enter(name string, joined *person) (func() *person, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	found := r.rooms[name]
	if found == nil {
		found = &room{full: make(chan struct{})}
		r.rooms[name] = found
	}
	place := len(found.people)
	if place == 2 {
		return nil, errors.New("the room is full")
	}
	found.people = append(found.people, joined)
	if place == 1 {
		close(found.full)
	}
	return func() *person {
		<-found.full
		return found.people[1-place]
	}, nil
}

func (r *relay) join(name, offer string) (string, error) {
	connection, err := r.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", err
	}
	joined := &person{connection, map[webrtc.RTPCodecType]*webrtc.TrackLocalStaticRTP{}}
	for kind, mime := range map[webrtc.RTPCodecType]string{
		webrtc.RTPCodecTypeAudio: webrtc.MimeTypeOpus,
		webrtc.RTPCodecTypeVideo: webrtc.MimeTypeVP8,
	} {
		if err := joined.receive(kind, mime); err != nil {
			return "", err
		}
	}
	other, err := r.enter(name, joined)
	if err != nil {
		return "", err
	}
	connection.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		forward(track, other().out[track.Kind()])
	})
	if err := connection.SetRemoteDescription(
		webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer},
	); err != nil {
		return "", err
	}
	answer, err := connection.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(connection)
	if err := connection.SetLocalDescription(answer); err != nil {
		return "", err
	}
	<-gathered
	return connection.LocalDescription().SDP, nil
}

// receive makes the track that the other's packets will be written to.
func (p *person) receive(kind webrtc.RTPCodecType, mime string) error {
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, kind.String(), "relay")
	if err != nil {
		return err
	}
	sender, err := p.connection.AddTrack(track)
	if err != nil {
		return err
	}
	p.out[kind] = track
	go func() { // the interceptors see reports and NACKs only as they are read
		buffer := make([]byte, maxPacketBytes)
		for {
			if _, _, err := sender.Read(buffer); err != nil {
				return
			}
		}
	}()
	return nil
}

func forward(from *webrtc.TrackRemote, to *webrtc.TrackLocalStaticRTP) {
	buffer := make([]byte, maxPacketBytes)
	for {
		size, _, err := from.Read(buffer)
		if err != nil {
			return
		}
		if _, err := to.Write(buffer[:size]); err != nil {
			return
		}
	}
}

func (r *relay) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	offer, err := io.ReadAll(request.Body)
	if err == nil {
		var answer string
		if answer, err = r.join(request.URL.Path, string(offer)); err == nil {
			_, err = io.WriteString(response, answer)
		}
	}
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
	}
}

func main() {
	api, err := newAPI()
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, &relay{api: api, rooms: map[string]*room{}}))
}
