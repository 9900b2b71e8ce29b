namespace ModelServer.Constraints.Automata;

/// <summary>Bytes that nothing in a grammar tells apart are one symbol, so that tables have a column for each class instead of each byte.</summary>
internal sealed class ByteClasses
{
    private readonly byte[] _of = new byte[256];

    public int Count { get; private set; } = 1;

    public ReadOnlySpan<byte> Of => _of;

    /// <summary>From here on, bytes of the range are in other classes than those outside.</summary>
    public void Split(int first, int last)
    {
        Span<int> size = stackalloc int[256], inside = stackalloc int[256], renamed = stackalloc int[256];
        size.Clear();
        inside.Clear();
        foreach (var of in _of) size[of]++;
        for (var b = first; b <= last; b++) inside[_of[b]]++;
        for (var old = Count - 1; old >= 0; old--) renamed[old] = inside[old] == 0 || inside[old] == size[old] ? old : Count++;
        for (var b = first; b <= last; b++) _of[b] = (byte)renamed[_of[b]];
    }

    /// <summary>The classes of a range, each once.</summary>
    public int[] Within(int first, int last)
    {
        var found = new List<int>();
        for (var b = first; b <= last; b++)
            if (!found.Contains(_of[b])) found.Add(_of[b]);
        return [.. found];
    }
}
