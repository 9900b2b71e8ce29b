using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Aspire.Hosting.Running;

/// <summary>
/// Free ports for processes that bind them later. They come from below the range the system gives out by itself,
/// and a locked file marks each as taken, so that two platforms on one machine never choose the same.
/// </summary>
internal sealed class PortReservations : IDisposable
{
    private const int First = 20_000, Last = 32_000, Attempts = 1_000;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"aspire-ports-{Environment.UserName}");
    private readonly List<FileStream> _locks = [];

    public int Take()
    {
        Directory.CreateDirectory(_folder);
        for (var i = 0; i < Attempts; i++)
        {
            var port = Random.Shared.Next(First, Last);
            if (!IsFree(port) || Lock(port) is not { } taken) continue;
            lock (_locks) _locks.Add(taken);
            return port;
        }

        throw new DistributedApplicationException("No free port was found.");
    }

    public static bool IsFree(int port)
    {
        if (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port)) return false;
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        lock (_locks)
        {
            foreach (var taken in _locks) taken.Dispose();
            _locks.Clear();
        }
    }

    /// <summary>The system drops the lock with the process that holds it.</summary>
    private FileStream? Lock(int port)
    {
        try
        {
            return new FileStream(Path.Combine(_folder, port.ToString(System.Globalization.CultureInfo.InvariantCulture)), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
