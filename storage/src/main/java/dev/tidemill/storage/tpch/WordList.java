package dev.tidemill.storage.tpch;

import io.trino.tpch.Distributions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A weighted list of words of TPC-H's {@code dists.dss}, as ASCII. */
final class WordList {
  private static final Map<String, WordList> LISTS = read();

  private final byte[][] words;
  private final int[] weights;
  private final byte[][] drawn;

  private WordList(List<byte[]> words, List<Integer> weights) {
    this.words = words.toArray(byte[][]::new);
    this.weights = weights.stream().mapToInt(Integer::intValue).toArray();
    List<byte[]> repeated = new ArrayList<>();
    for (int i = 0; i < this.words.length; i++) {
      for (int n = 0; n < this.weights[i]; n++) {
        repeated.add(this.words[i]);
      }
    }
    drawn = repeated.toArray(byte[][]::new);
  }

  /** The list called {@code name} in {@code dists.dss}. */
  static WordList of(String name) {
    return Objects.requireNonNull(LISTS.get(name), name);
  }

  int size() {
    return words.length;
  }

  byte[] word(int index) {
    return words[index];
  }

  /** The weights of the words up to {@code index}, added up. */
  int cumulativeWeight(int index) {
    int sum = 0;
    for (int i = 0; i <= index; i++) {
      sum += weights[i];
    }
    return sum;
  }

  /** A word, drawn by weight. */
  byte[] draw(RandomStream stream) {
    return drawn[(int) stream.draw(0, drawn.length - 1)];
  }

  private static Map<String, WordList> read() {
    Map<String, WordList> lists = new HashMap<>();
    try (InputStream in =
        Objects.requireNonNull(Distributions.class.getResourceAsStream("dists.dss"))) {
      String name = "";
      List<byte[]> words = new ArrayList<>();
      List<Integer> weights = new ArrayList<>();
      for (String line :
          new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList()) {
        String lower = line.toLowerCase(Locale.ROOT).strip();
        int bar = line.lastIndexOf('|');
        if (lower.startsWith("begin ")) {
          name = lower.substring("begin ".length()).strip();
          words.clear();
          weights.clear();
        } else if (lower.startsWith("end")) {
          lists.put(name, new WordList(words, weights));
          name = "";
        } else if (!name.isEmpty()
            && bar > 0
            && !lower.startsWith("#")
            && !lower.startsWith("count|")) {
          words.add(line.substring(0, bar).getBytes(StandardCharsets.US_ASCII));
          weights.add(Integer.parseInt(line.substring(bar + 1).strip()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(lists);
  }
}
