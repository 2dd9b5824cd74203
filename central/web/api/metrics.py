"""Prometheus metrics of one central; each has a registry of its own, so that tests and demos do not share."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class Metrics:
    """What central counts. Routes are templates: no id and no card number becomes a label."""

    def __init__(self, queue_depth: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "officine_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.latency = Histogram(
            "officine_http_request_seconds",
            "Time from the head of a request to its answer.",
            ["method", "route"],
            buckets=_LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self.sales = Counter("officine_sales_committed", "Sales recorded.", registry=self.registry)
        self.returns = Counter("officine_returns_recorded", "Returns recorded.", registry=self.registry)
        self.points_accrued = Counter("officine_points_accrued", "Points given.", registry=self.registry)
        self.points_reversed = Counter(
            "officine_points_reversed", "Points taken back.", registry=self.registry
        )
        self.replays = Counter(
            "officine_replays", "Requests answered again by their id.", ["route"], registry=self.registry
        )
        self.streams = Gauge("officine_streams_open", "Event streams open now.", registry=self.registry)

        self.queue = Gauge(
            "officine_store_queue_depth", "Writes waiting for the store.", registry=self.registry
        )
        self.queue.set_function(queue_depth)
        self._of_requests: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        """Looked up once: no more of them than routes and their statuses."""

    def count_request(self, method: str, route: str, status: int, took_s: float) -> None:
        """A request was answered. `method`: a known one, or "other"; `route`: a template."""
        kept = self._of_requests.get((method, route, status))
        if kept is None:
            kept = self.requests.labels(method, route, status), self.latency.labels(method, route)
            self._of_requests[method, route, status] = kept
        requests, latency = kept
        requests.inc()
        latency.observe(took_s)

    def render(self) -> bytes:
        """The text exposition."""
        return generate_latest(self.registry)
