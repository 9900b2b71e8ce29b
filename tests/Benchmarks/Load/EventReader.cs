namespace Benchmarks.Load;

/// <summary>Finds the lines of server-sent events in a chunked body (RFC 9112, section 7.1), however either is cut.</summary>
internal sealed class EventReader(Action<ReadOnlyMemory<byte>> onLine)
{
    private readonly byte[] _line = new byte[64 * 1024];
    private int _length;
    private int _size;
    private State _state;

    private enum State
    {
        Size,
        Data,
        AfterData,
        Trailer,
    }

    /// <returns>Whether the body is complete.</returns>
    public bool Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            switch (_state)
            {
                case State.Size when b == '\n':
                    _state = _size == 0 ? State.Trailer : State.Data;
                    break;
                case State.Size when b != '\r':
                    _size = (_size * 16) + Convert.ToInt32(((char)b).ToString(), 16);
                    break;
                case State.Data:
                    Add(b);
                    if (--_size == 0) _state = State.AfterData;
                    break;
                case State.AfterData when b == '\n':
                    _state = State.Size;
                    break;
                case State.Trailer when b == '\n':
                    _state = State.Size;
                    return true;
            }
        }

        return false;
    }

    private void Add(byte b)
    {
        if (b != '\n')
        {
            _line[_length++] = b;
            return;
        }

        if (_length > 0) onLine(_line.AsMemory(0, _length));
        _length = 0;
    }
}
