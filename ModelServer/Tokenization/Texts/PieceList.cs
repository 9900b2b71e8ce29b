namespace ModelServer.Tokenization.Texts;

/// <summary>A token and the units of its text that it stands for.</summary>
internal readonly record struct Piece(int Id, int Start, int End);

/// <summary>A piece that is an added token, and the white space that its text begins and ends with, in code points: it may have taken some beside it.</summary>
internal readonly record struct AddedPiece(int Index, int Leading, int Trailing);

/// <summary>Tokens in the making. They are added with ranges relative to a word; <see cref="Origin"/> makes them absolute.</summary>
internal sealed class PieceList
{
    private Piece[] _pieces = new Piece[64];

    public int Count { get; private set; }

    public int Capacity => _pieces.Length;

    /// <summary>Where the word at hand begins.</summary>
    public int Origin { get; set; }

    public Span<Piece> Pieces => _pieces.AsSpan(0, Count);

    /// <summary>Which of the pieces are added tokens, in order.</summary>
    public List<AddedPiece> Added { get; } = [];

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        Count = 0;
        Added.Clear();
    }

    /// <summary>Adds an added token of this text.</summary>
    public void AddToken(int id, int start, int end, (int Leading, int Trailing) spaces)
    {
        Added.Add(new(Count, spaces.Leading, spaces.Trailing));
        Add(id, start, end);
    }

    public void Add(int id, int start, int end)
    {
        if (Count == _pieces.Length) Array.Resize(ref _pieces, Count * 2);
        _pieces[Count++] = new(id, Origin + start, Origin + end);
    }

    public void Add(ReadOnlySpan<Piece> pieces)
    {
        foreach (ref readonly var piece in pieces) Add(piece.Id, piece.Start, piece.End);
    }

    /// <summary>What was added since there were <paramref name="count"/>, relative to the word again.</summary>
    public Piece[] Since(int count)
    {
        var pieces = Pieces[count..].ToArray();
        foreach (ref var piece in pieces.AsSpan()) piece = new(piece.Id, piece.Start - Origin, piece.End - Origin);
        return pieces;
    }

    /// <summary>Forgets what was added since there were <paramref name="count"/>.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);
}
