using System.Globalization;

namespace AppHost.Pull;

/// <summary>Tells how far a pull has come: a bar on a terminal, else a line for each tenth of it. Any thread may report.</summary>
internal sealed class PullProgress(TextWriter output, bool isTerminal, TimeProvider time)
{
    private const int BarWidth = 24, LineWidth = 79;
    private const double MB = 1e6;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private long _total, _done, _resumed, _drawn;
    private int _tenths;
    private string _file = "";

    /// <summary>What there is to fetch in all, files of an interrupted pull included.</summary>
    public void Expect(long bytes)
    {
        lock (_gate) _total += bytes;
    }

    /// <param name="resumed">Its bytes that are there already.</param>
    public void Begin(string file, long resumed)
    {
        lock (_gate)
        {
            _file = file;
            _done += resumed;
            _resumed += resumed;
            Draw(isForced: true);
        }
    }

    public void Add(long bytes)
    {
        lock (_gate)
        {
            _done += bytes;
            Draw(isForced: false);
        }
    }

    public void Interrupted(string file)
    {
        lock (_gate) WriteLine($"The connection for {file} was cut; trying again.");
    }

    /// <summary>Writes a line that stays.</summary>
    public void Say(string line)
    {
        lock (_gate) WriteLine(line);
    }

    public static string Size(long bytes) => bytes switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / MB:F1} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / MB / 1000:F2} GB"),
    };

    private void Draw(bool isForced)
    {
        var part = _total == 0 ? 1 : Math.Clamp((double)_done / _total, 0, 1);
        if (!isTerminal)
        {
            if ((int)(part * 10) <= _tenths) return;
            _tenths = (int)(part * 10);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_tenths * 10,3} %  {Size(_done)} of {Size(_total)}"));
            return;
        }

        if (!isForced && time.GetElapsedTime(_drawn) < Redraw && _done < _total) return;
        _drawn = time.GetTimestamp();
        var speed = (_done - _resumed) / MB / Math.Max(0.001, time.GetElapsedTime(_start).TotalSeconds);
        var filled = (int)(part * BarWidth);
        var line = string.Create(CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {part * 100,3:F0} % of {Size(_total)}, {Math.Max(0, speed):F1} MB/s  {_file}");
        output.Write($"\r{(line.Length > LineWidth ? line[..LineWidth] : line.PadRight(LineWidth))}");
    }

    /// <summary>Takes the bar away.</summary>
    public void Clear()
    {
        lock (_gate) Erase();
    }

    private void WriteLine(string line)
    {
        Erase();
        output.WriteLine(line);
    }

    private void Erase()
    {
        if (isTerminal) output.Write($"\r{new string(' ', LineWidth)}\r");
    }
}
