package dev.tidemill.sql.parser;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The tables of the tests: blocks of a source, one line with an arrow and what is expected, an
 * empty line.
 */
final class Examples {
  record Example(String source, String expected) {
    @Override
    public String toString() {
      return source.replaceAll("\\s+", " ");
    }
  }

  private Examples() {}

  static List<Example> read(String resource) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(Examples.class.getResourceAsStream(resource))) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      List<Example> examples = new ArrayList<>();
      for (String block : text.strip().split("\n\n", -1)) {
        int arrow = block.indexOf("\n=> ");
        examples.add(new Example(block.substring(0, arrow), block.substring(arrow + 4).strip()));
      }
      return examples;
    }
  }
}
