using System.Globalization;
using System.Text;
using System.Xml;
using VirtualBench.Protocol;

namespace VirtualBench.Reports.Comparison;

/// <summary>
/// The comparison in JUnit's form, which build servers show: what is worse or lost fails, what is inconclusive is skipped and so never
/// passes for equivalent.
/// </summary>
public static class ComparisonJUnit
{
    public static string Render(ComparisonDocument comparison)
    {
        var text = new StringBuilder();
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true };
        using (var xml = XmlWriter.Create(text, settings))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Printable.Line($"virtualbench compare {comparison.Before.Id} {comparison.After.Id}"));
            Count(xml, "tests", comparison.Results.Count);
            Count(xml, "failures", comparison.Results.Count(r => r.Verdict is "worse" or "lost"));
            Count(xml, "errors", 0);
            Count(xml, "skipped", comparison.Results.Count(r => r.Verdict == "inconclusive"));
            foreach (var result in comparison.Results)
            {
                Case(xml, result);
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + text.Append('\n');
    }

    private static void Case(XmlWriter xml, ComparedResult result)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Printable.Line($"{result.Probe} ({result.Implementation})"));
        xml.WriteAttributeString("name", Printable.Line(result.Target));
        if (result.Verdict is "worse" or "lost" or "inconclusive")
        {
            xml.WriteStartElement(result.Verdict == "inconclusive" ? "skipped" : "failure");
            xml.WriteAttributeString("message", Printable.Line(result.Words, 600));
            xml.WriteEndElement();
        }
        else
        {
            xml.WriteElementString("system-out", Printable.Line(result.Words, 600));
        }

        xml.WriteEndElement();
    }

    private static void Count(XmlWriter xml, string name, int value) =>
        xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));
}
