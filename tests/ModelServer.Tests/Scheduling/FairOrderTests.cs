using ModelServer.Encoders;
using ModelServer.Scheduling;
using ModelServer.Tests.Encoders;
using Testing;

namespace ModelServer.Tests.Scheduling;

public class FairOrderTests
{
    [Fact]
    public void Peek_WorkThatWasSentAlone_HasNoShareOfItsOwn()
    {
        var order = new FairOrder<EncoderSequence>(TimeSpan.FromHours(1), new Dictionary<string, double>(), new ManualTimeProvider());
        for (var i = 0; i < 100; i++)
        {
            order.Add(TinyEncoder.Sequence(64, client: "greedy", isLone: true));
            order.Add(TinyEncoder.Sequence(64, client: "greedy"));
            order.Add(TinyEncoder.Sequence(64, client: "modest"));
        }

        var first = order.Peek(20).CountBy(sequence => sequence.Lane.Client).ToDictionary();
        Assert.Equal((10, 10), (first["greedy"], first["modest"]));
    }
}
