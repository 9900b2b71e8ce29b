namespace Gateway.Telemetry;

/// <summary>Names the class of a status, such as <c>4xx</c>, as metrics spell it.</summary>
internal static class StatusClass
{
    private static readonly string[] Names = ["1xx", "2xx", "3xx", "4xx", "5xx"];

    public static string Of(int status) => status is >= 100 and < 600 ? Names[(status / 100) - 1] : "other";
}
