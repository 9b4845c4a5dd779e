"""Counts for Prometheus: requests by route template and status, and how long they took."""

import time

from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NO_ROUTE = "none"  # every unknown address is one series: strangers must not be able to make new ones


class Metrics:
    """The counters of one application. Each has its own registry, so that tests can make many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter("anlan_http_requests", "Requests answered", ["method", "route", "status"],
                                registry=self.registry)
        self.seconds = Histogram("anlan_http_request_seconds", "Time to the end of the answer", ["method", "route"],
                                 registry=self.registry, buckets=LATENCY_BUCKETS_S)

        self._templates: dict[int, str] = {}

    def template_of(self, scope: Scope) -> str:
        """The address of the route with its {parameters}. A route knows only its own part, so all are read once."""
        route = scope.get("route")
        if route is None:
            return NO_ROUTE
        if not self._templates:
            contexts = iter_route_contexts(scope["app"].routes)
            self._templates = {id(one.original_route): one.path or NO_ROUTE for one in contexts}
        return self._templates.get(id(route), NO_ROUTE)

    def page(self) -> bytes:
        """The figures of this process, in Prometheus' text format."""
        return generate_latest(self.registry)


class Measured:
    """Counts each request once it is answered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begun = 500, time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "OTHER"
            route = self._metrics.template_of(scope)
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - begun)
