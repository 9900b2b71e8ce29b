namespace Benchmarks.Autoscaling;

/// <summary>Traffic of typical shapes. Rates are in requests a second.</summary>
internal static class SyntheticTraffic
{
    private const double Interval = 5;
    private const double Hour = 3600;

    public static TrafficTrace Steady(double rate) => Of("steady", Hour, _ => rate);

    /// <summary>A day's curve, night to night, in four hours: six times as steep as a real one.</summary>
    public static TrafficTrace Diurnal(double low, double high) => Of("diurnal", 4 * Hour, t => low + ((high - low) * (1 - Math.Cos(2 * Math.PI * t / (4 * Hour))) / 2));

    /// <summary>From one rate to another and, forty minutes later, back.</summary>
    public static TrafficTrace Step(double low, double high) => Of("step", 1.5 * Hour, t => t is > 1200 and < 3600 ? high : low);

    /// <summary>Ten times as much within half a minute, for five minutes, fading away over ten.</summary>
    public static TrafficTrace FlashCrowd(double low, double high) => Of("flash crowd", 1.5 * Hour, t => low + ((high - low) * (t switch
    {
        < 1200 => 0,
        < 1230 => (t - 1200) / 30,
        < 1530 => 1,
        _ => Math.Exp(-(t - 1530) / 200),
    })));

    /// <summary>Two minutes of much, eight of little: batch jobs by the clock.</summary>
    public static TrafficTrace OnOff(double low, double high) => Of("on-off", 1.5 * Hour, t => t % 600 < 120 ? high : low);

    /// <summary>Half an hour of traffic, half an hour of nothing, twice.</summary>
    public static TrafficTrace Idle(double rate) => Of("idle half", 2 * Hour, t => t % Hour < Hour / 2 ? rate : 0);

    private static TrafficTrace Of(string name, double duration, Func<double, double> rate)
        => new(name, Interval, [.. Enumerable.Range(0, (int)(duration / Interval)).Select(i => rate((i + 0.5) * Interval) * Interval)], IsExact: false);
}
