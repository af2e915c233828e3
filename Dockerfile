# portlint for CI: docker run --rm -v "$PWD:/src:ro" IMAGE [ARGUMENT...]
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/portlint ./cmd/portlint

FROM scratch
COPY --from=build /out/portlint /usr/local/bin/portlint
USER 65532:65532
WORKDIR /src
ENTRYPOINT ["portlint"]
CMD ["check", "--static", "."]
