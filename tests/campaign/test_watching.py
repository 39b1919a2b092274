import http.server
import os
import threading

import pytest

from updategate.campaign.watching import ServerWatcher, machine_shares, starvation
from updategate.clients.metrics import FiguresError
from updategate.clients.metrics.exposition import TextMetrics
from updategate.clients.metrics.machine import LocalProcess, MachineState
from updategate.clients.metrics.prometheus import PrometheusServer
from updategate.config.errors import ConfigError
from updategate.config.loading import build
from updategate.config.monitoring import Monitoring, StarvationLimits, load_monitoring, monitoring_path

TEXT = """\
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total {cpu}
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 5000
# TYPE refshop_requests_total counter
refshop_requests_total{{kind="listing"}} 3
"""


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = self.server.answer(self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def serving():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_counters_grow_and_gauges_are_read(serving):
    cpu = iter([1.0, 1.0, 2.0, 2.5])
    serving.answer = lambda _path: (200, TEXT.format(cpu=next(cpu)))
    watcher = ServerWatcher(
        build({"before": {"metrics": serving.url}, "after": {"metrics": serving.url}}, Monitoring, "m")
    )
    watcher.begin("after")
    figures, troubles = watcher.end("after")
    assert figures == {"shop_cpu": 0.5, "shop_memory": 5000.0}
    assert troubles == ()


def test_labels_are_part_of_a_name(serving):
    serving.answer = lambda _path: (200, TEXT.format(cpu=1))
    assert TextMetrics(serving.url).read()['refshop_requests_total{kind="listing"}'] == 3.0


def test_a_source_that_cannot_be_read_is_told_before_load_begins(serving):
    serving.answer = lambda _path: (404, "")
    with pytest.raises(FiguresError, match="no counters to read"):
        ServerWatcher(build({"after": {"metrics": serving.url}}, Monitoring, "m"))


def test_a_source_that_fails_once_leaves_a_hole(serving):
    answers = iter([(200, TEXT.format(cpu=1)), (200, TEXT.format(cpu=1)), (500, "")])
    serving.answer = lambda _path: next(answers)
    watcher = ServerWatcher(build({"after": {"metrics": serving.url}}, Monitoring, "m"))
    watcher.begin("after")
    assert watcher.end("after") == ({}, ())
    assert len(watcher.faults) == 1


def prometheus(serving, *queries):
    data = {"after": {"prometheus": {"url": serving.url, "queries": list(queries)}}}
    return PrometheusServer(build(data, Monitoring, "m").after.prometheus)


def vector(*values):
    result = ",".join(f'{{"metric":{{}},"value":[1,"{value}"]}}' for value in values)
    return 200, f'{{"status":"success","data":{{"resultType":"vector","result":[{result}]}}}}'


def test_prometheus_answers_one_number_a_query(serving):
    asked = []
    serving.answer = lambda path: (asked.append(path), vector(4.5))[1]
    server = prometheus(serving, {"name": "busy", "query": "sum(rate(x[1m]))", "kind": "counter"})
    assert server.read() == {"busy": 4.5}
    assert server.counters == {"busy"}
    assert asked == ["/api/v1/query?query=sum%28rate%28x%5B1m%5D%29%29"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (vector(), "gives 0 series"),
        (vector(1, 2), "gives 2 series"),
        (vector("NaN"), "gives no number"),
        ((400, '{"status":"error","error":"parse error"}'), "refuses 'up': parse error"),
        ((200, "<html>"), "cannot be asked"),
    ],
)
def test_a_query_that_does_not_fit_is_told(serving, answer, message):
    serving.answer = lambda _path: answer
    with pytest.raises(FiguresError, match=message):
        prometheus(serving, {"name": "busy", "query": "up"}).read()


def test_a_local_process_is_measured():
    process = LocalProcess(os.getpid())
    first = process.read()
    sum(i * i for i in range(3_000_000))
    second = process.read()
    assert second.shop > first.shop
    assert second.memory > 1e6
    shares = machine_shares(first, second)
    assert 0 <= shares["machine_busy"] <= 1.01
    with pytest.raises(FiguresError, match="there is no process"):
        LocalProcess(2**22 - 3)


def state(shop, busy, steal, total):
    return MachineState(shop, 0.0, busy, steal, total)


@pytest.mark.parametrize(
    ("after", "message"),
    [
        (state(2.0, 5.0, 0.0, 10.0), None),
        (state(6.0, 9.9, 0.0, 10.0), None),
        (state(2.0, 9.9, 0.0, 10.0), "the shop's machine was full, 79% of it by others"),
        (state(2.0, 5.0, 2.0, 10.0), "other machines took 20% of the shop's CPU"),
    ],
)
def test_a_starved_shop_is_told(after, message):
    found = starvation(machine_shares(state(0, 0, 0, 0), after), StarvationLimits())
    assert bool(found) == bool(message)
    assert message is None or found[0].startswith(message)


def test_the_monitoring_file_is_strict(tmp_path, monkeypatch):
    folder = tmp_path / "ci" / "monitoring"
    folder.mkdir(parents=True)
    (folder / "staging.yaml").write_text("after: {metrics: http://x/metrics, databse: x}\n")
    with pytest.raises(ConfigError, match="Did you mean 'database'"):
        load_monitoring(monitoring_path("staging", tmp_path))
    with pytest.raises(ConfigError, match="Did you mean 'staging'"):
        monitoring_path("stagin", tmp_path)
    monkeypatch.setenv("DB", "mysql://a:b@c/d")
    (folder / "staging.yaml").write_text("after: {database: '${DB}', process: 12}\n")
    found = load_monitoring(monitoring_path("staging", tmp_path))
    assert found.after.database.get_secret_value() == "mysql://a:b@c/d"
    assert "a:b" not in repr(found)
