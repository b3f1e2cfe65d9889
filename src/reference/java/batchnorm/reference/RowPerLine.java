package batchnorm.reference;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.util.Set;

/**
 * Breaks the lines of a table between its rows and nowhere inside them, so that a diff is readable.
 */
final class RowPerLine implements DefaultPrettyPrinter.Indenter {
  private static final Set<String> BROKEN =
      Set.of("cases", "batches", "evaluated", "input", "output");
  private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");

  static DefaultPrettyPrinter printer() {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(LINES);
    printer.indentArraysWith(new RowPerLine());
    return printer;
  }

  @Override
  public void writeIndentation(JsonGenerator out, int level) throws IOException {
    JsonStreamContext parent = out.getOutputContext().getParent();
    if (parent.inObject() && BROKEN.contains(parent.getCurrentName())) {
      LINES.writeIndentation(out, level);
    }
  }

  @Override
  public boolean isInline() {
    return false;
  }
}
