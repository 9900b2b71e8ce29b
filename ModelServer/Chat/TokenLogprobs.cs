using ModelServer.Generation;

namespace ModelServer.Chat;

internal static class TokenLogprobs
{
    /// <summary>A token as OpenAI tells it in chats and responses.</summary>
    public static ChatLogprob ToLogprob(this ScoredToken token) => new(
        token.Token.Spell(),
        token.Logprob ?? 0,
        ToNumbers(token.Token.Bytes),
        Array.ConvertAll(token.Top, t => new ChatTopLogprob(t.Token.Spell(), t.Logprob, ToNumbers(t.Token.Bytes))));

    private static int[] ToNumbers(byte[] bytes) => Array.ConvertAll(bytes, b => (int)b);
}
