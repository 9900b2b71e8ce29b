using System.Security.Cryptography;

namespace ServiceDefaults.Protocol;

/// <summary>How a response of <c>/v1/responses</c> is stored once although it is made twice: the gateway gives each request a number, the same for every attempt, and the model server
/// makes the response's id of it. The header is the gateway's alone: what a client sends under its name is replaced.</summary>
public static class ResponseNumber
{
    public const string HeaderName = "x-response-number";

    private const int Digits = 32;

    public static string Next() => RandomNumberGenerator.GetHexString(Digits, lowercase: true);

    /// <summary>Whether a text may be one.</summary>
    public static bool IsSane(ReadOnlySpan<char> number) => number.Length == Digits && !number.ContainsAnyExcept("0123456789abcdef");
}
