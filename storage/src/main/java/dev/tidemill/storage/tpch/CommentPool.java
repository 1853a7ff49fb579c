package dev.tidemill.storage.tpch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The text that comments are cut from: random English-like sentences (the grammar is the
 * specification's, 4.2.2.14), {@value #SIZE} bytes as in DuckDB's generator; TPC's own has thirty
 * times as much, and so other comments.
 */
final class CommentPool {
  static final int SIZE = 10 << 20;

  private static final long SEED = 933588178;
  private static final int LONGEST_SENTENCE = 256;

  private final RandomStream stream = new RandomStream(SEED, 1, 0);
  private final WordList sentences = WordList.of("grammar");
  private final WordList nounPhrases = WordList.of("np");
  private final WordList verbPhrases = WordList.of("vp");
  private final WordList nouns = WordList.of("nouns");
  private final WordList verbs = WordList.of("verbs");
  private final WordList adjectives = WordList.of("adjectives");
  private final WordList adverbs = WordList.of("adverbs");
  private final WordList auxiliaries = WordList.of("auxillaries");
  private final WordList prepositions = WordList.of("prepositions");
  private final WordList terminators = WordList.of("terminators");
  private final byte[] the = "the ".getBytes(StandardCharsets.US_ASCII);
  private final byte[] text = new byte[SIZE + LONGEST_SENTENCE];
  private int length;

  private CommentPool() {}

  /** The whole text; made when it is first asked for, and then shared: nobody may write to it. */
  static byte[] text() {
    return Holder.TEXT;
  }

  private static final class Holder {
    static final byte[] TEXT = new CommentPool().generate();
  }

  private byte[] generate() {
    while (length < SIZE) {
      sentence();
    }
    return Arrays.copyOf(text, SIZE);
  }

  private void sentence() {
    for (byte part : sentences.draw(stream)) {
      switch (part) {
        case 'N' -> nounPhrase();
        case 'V' -> verbPhrase();
        case 'P' -> {
          word(prepositions);
          append(the);
          nounPhrase();
        }
        case 'T' -> {
          length--;
          word(terminators);
        }
        default -> {}
      }
    }
  }

  private void nounPhrase() {
    for (byte part : nounPhrases.draw(stream)) {
      switch (part) {
        case 'N' -> word(nouns);
        case 'J' -> word(adjectives);
        case 'D' -> word(adverbs);
        case ',' -> {
          text[length - 1] = ',';
          text[length++] = ' ';
        }
        default -> {}
      }
    }
  }

  private void verbPhrase() {
    for (byte part : verbPhrases.draw(stream)) {
      switch (part) {
        case 'V' -> word(verbs);
        case 'X' -> word(auxiliaries);
        case 'D' -> word(adverbs);
        default -> {}
      }
    }
  }

  private void word(WordList words) {
    append(words.draw(stream));
    text[length++] = ' ';
  }

  private void append(byte[] bytes) {
    System.arraycopy(bytes, 0, text, length, bytes.length);
    length += bytes.length;
  }
}
