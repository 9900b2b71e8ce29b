using System.Collections.ObjectModel;
using System.Globalization;
using System.Net;

namespace StackExchange.Redis;

/// <summary>The servers to try, in order.</summary>
public sealed class EndPointCollection : Collection<EndPoint>
{
    internal const int DefaultPort = 6379;

    public EndPointCollection() { }

    public EndPointCollection(IList<EndPoint> endpoints) : base(endpoints) { }

    public void Add(string hostAndPort) =>
        Add(TryParse(hostAndPort) ?? throw new ArgumentException("Could not parse host and port", nameof(hostAndPort)));

    public void Add(string host, int port) =>
        Add(IPAddress.TryParse(host, out var ip) ? new IPEndPoint(ip, port) : new DnsEndPoint(host, port));

    public void Add(IPAddress host, int port) => Add(new IPEndPoint(host, port));

    public static string ToString(EndPoint? endpoint) => endpoint switch
    {
        null => "",
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => endpoint.ToString() ?? "",
    };

    /// <summary>
    /// <c>host</c>, <c>host:port</c>, <c>ip:port</c> or <c>[ipv6]:port</c>; a missing port is 0 until the defaults are set.
    /// </summary>
    public static EndPoint? TryParse(string endpoint)
    {
        if (string.IsNullOrWhiteSpace(endpoint)) return null;
        if (endpoint[0] == '[' || endpoint.Count(c => c == ':') > 1) return IPEndPoint.TryParse(endpoint, out var v6) ? v6 : null;
        var colon = endpoint.IndexOf(':');
        var host = colon < 0 ? endpoint : endpoint[..colon];
        var port = 0;
        if (colon >= 0 && !int.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)) return null;
        if (host.Length == 0 || port > ushort.MaxValue) return null;
        return IPAddress.TryParse(host, out var ip) ? new IPEndPoint(ip, port) : new DnsEndPoint(host, port);
    }

    protected override void InsertItem(int index, EndPoint item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (Contains(item)) throw new ArgumentException("EndPoints must be unique", nameof(item));
        base.InsertItem(index, item);
    }

    internal void SetDefaultPorts()
    {
        for (var i = 0; i < Count; i++)
        {
            if (this[i] is DnsEndPoint { Port: 0 } dns) SetItem(i, new DnsEndPoint(dns.Host, DefaultPort, dns.AddressFamily));
            else if (this[i] is IPEndPoint { Port: 0 } ip) SetItem(i, new IPEndPoint(ip.Address, DefaultPort));
        }
    }
}
