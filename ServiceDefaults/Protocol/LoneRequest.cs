namespace ServiceDefaults.Protocol;

/// <summary>How a gateway tells a model server that nothing else of it is under way anywhere, so that cores which the server shares with others are free. The header is the
/// gateway's alone: what a client sends under its name is removed. A word that is wrong costs the machine's other runs time, and nothing else.</summary>
public static class LoneRequest
{
    public const string HeaderName = "x-lone-request";

    public const string Value = "1";
}
