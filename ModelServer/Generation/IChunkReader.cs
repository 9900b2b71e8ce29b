namespace ModelServer.Generation;

/// <summary>Turns the text of a request's continuations, chunk by chunk, into the choices that its route streams. It may keep state from one chunk to
/// the next: each request has its own, used by one thread at a time.</summary>
internal interface IChunkReader<TChoice>
{
    /// <returns>What became certain with this chunk: none, one or several.</returns>
    TChoice[] Read(TextChunk chunk);

    /// <summary>An event that says nothing new, for a stream that would else be silent for too long.</summary>
    /// <param name="choice">One whose text goes on.</param>
    TChoice Nothing(int choice);
}
