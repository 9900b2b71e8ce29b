namespace ServiceDefaults.Tests.Prometheus;

public sealed class PrometheusNamesTests
{
    [Theory]
    [InlineData("http.server.request.duration", "s", "Histogram", "http_server_request_duration_seconds")]
    [InlineData("process.memory.usage", "By", "Gauge", "process_memory_usage_bytes")]
    [InlineData("modelserver.requests", "{request}", "Counter", "modelserver_requests_total")]
    [InlineData("process.cpu.time", "s", "Counter", "process_cpu_time_seconds_total")]
    [InlineData("already_total", "", "Counter", "already_total")]
    [InlineData("already.seconds", "s", "Counter", "already_seconds_total")]
    [InlineData("batch.fill", "1", "Gauge", "batch_fill_ratio")]
    [InlineData("odds", "1", "Counter", "odds_total")]
    [InlineData("throughput", "{token}/s", "Gauge", "throughput_per_second")]
    [InlineData("link.speed", "By/s", "Gauge", "link_speed_bytes_per_second")]
    [InlineData("weird unit", "foo-bar", "Gauge", "weird_unit_foo_bar")]
    [InlineData("gpu.utilization", "%", "Gauge", "gpu_utilization_percent")]
    [InlineData("process.thread.count", "{thread}", "Gauge", "process_thread_current")]
    [InlineData("2fast..and//furious", "", "Gauge", "_2fast_and_furious")]
    [InlineData("", "", "Gauge", "_")]
    public void Family_FollowsTheCompatibilityRules(string name, string unit, string kind, string expected)
        => Assert.Equal(expected, PrometheusNames.Family(name, unit, Enum.Parse<PrometheusKind>(kind)));

    [Theory]
    [InlineData("http.route", "http_route")]
    [InlineData("9lives", "_9lives")]
    [InlineData("__name__", "_name_")]
    [InlineData("a:b", "a_b")]
    [InlineData("größe", "gr_e")]
    public void Label_IsMadeOfAllowedCharacters(string name, string expected) => Assert.Equal(expected, PrometheusNames.Label(name));
}
