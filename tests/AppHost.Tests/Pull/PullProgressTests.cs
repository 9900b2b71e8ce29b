using AppHost.Pull;
using Testing;

namespace AppHost.Tests.Pull;

public class PullProgressTests
{
    private readonly StringWriter _output = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Add_NoTerminal_WritesALineForEachTenth()
    {
        var progress = new PullProgress(_output, isTerminal: false, _time);
        progress.Expect(20_000_000);
        progress.Begin("model.onnx", 0);

        for (var i = 0; i < 20; i++) progress.Add(1_000_000);

        var lines = _output.ToString().Trim().Split(Environment.NewLine);
        Assert.Equal(10, lines.Length);
        Assert.Equal("10 %  2.0 MB of 20.0 MB", lines[0]);
        Assert.Equal("100 %  20.0 MB of 20.0 MB", lines[^1]);
    }

    [Fact]
    public void Add_Terminal_RedrawsOneLine()
    {
        var progress = new PullProgress(_output, isTerminal: true, _time);
        progress.Expect(20_000_000);
        progress.Begin("model.onnx", 8_000_000);
        _time.Advance(TimeSpan.FromSeconds(1));

        progress.Add(2_000_000);

        var text = _output.ToString();
        Assert.DoesNotContain('\n', text);
        Assert.EndsWith("[############............]  50 % of 20.0 MB, 2.0 MB/s  model.onnx", text.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Say_Terminal_TakesTheBarAway()
    {
        var progress = new PullProgress(_output, isTerminal: true, _time);
        progress.Expect(10);
        progress.Begin("model.onnx", 0);

        progress.Say("Done.");

        Assert.EndsWith($"{new string(' ', 79)}\rDone.{Environment.NewLine}", _output.ToString(), StringComparison.Ordinal);
    }
}
