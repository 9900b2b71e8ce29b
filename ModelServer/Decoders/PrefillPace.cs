namespace ModelServer.Decoders;

/// <summary>How many chunks of prompts a step may read while streams wait for their next tokens: as many as take a multiple of the time that these tokens take
/// themselves, told by what both took lately. Knows times alone, of whatever clock. For the loop's thread.</summary>
/// <param name="chunk">Tokens of a chunk.</param>
/// <param name="ratio">Time for prompts in times of a step's own; with 0 it is <see cref="Least"/>.</param>
internal sealed class PrefillPace(int chunk, double ratio)
{
    /// <summary>Chunks of one step, however fast they are read.</summary>
    public const int Most = 16;

    /// <summary>Of the latest time in the average.</summary>
    private const double Weight = 0.2;

    /// <summary>What takes longer than so many times the average counts as that: something else had the cores.</summary>
    private const double Believed = 2;

    private double _chunk;
    private double _step;

    /// <summary>Chunks that a step may read however long they take: else a slow engine would never answer. Two while further prompts wait, or rows would stand empty.</summary>
    public static int Least(bool othersWait) => othersWait ? 2 : 1;

    /// <summary>Chunks that a run over so many tokens of a prompt has; what is left of a prompt behind whole ones is one as well.</summary>
    public int Chunks(int tokens) => (tokens + chunk - 1) / chunk;

    /// <summary>A run over tokens of a prompt took so long.</summary>
    public void Read(int tokens, double time)
    {
        // A few tokens cost more each.
        if (tokens >= chunk) Count(ref _chunk, time * chunk / tokens);
    }

    /// <summary>One token for each row that decodes took so long.</summary>
    public void Stepped(double time) => Count(ref _step, time);

    /// <summary>Chunks that a step may read now.</summary>
    /// <param name="read">Those that it has read since streams began to wait.</param>
    /// <param name="spent">What these took.</param>
    /// <param name="othersWait">Whether further prompts wait to be read.</param>
    public int Allowance(int read, double spent, bool othersWait)
    {
        var least = Math.Max(0, Least(othersWait) - read);
        // Until both are known.
        if (_chunk <= 0 || _step <= 0) return least;
        var fitting = ((ratio * _step) - spent) / _chunk;
        return Math.Max(least, (int)Math.Min(fitting, Most - read));
    }

    private static void Count(ref double average, double time)
    {
        if (time <= 0) return;
        average += average > 0 ? Weight * (Math.Min(time, Believed * average) - average) : time;
    }
}
