package dev.tidemill.exec.automaton;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pattern that java.util.regex accepts, as it means it. What an automaton cannot tell (back
 * references, looking around, possessive repetition), and what is rare (word boundaries, classes of
 * Unicode, classes within classes, flags but {@code i} and {@code s} in front), is not known here.
 */
final class PatternParser {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_TIMES = 1_000;
  private static final CodePointSet LINE_TERMINATORS =
      CodePointSet.of('\n', '\r', 0x85, 0x2028, 0x2029);
  private static final CodePointSet DIGITS = new CodePointSet().add('0', '9');
  private static final CodePointSet WORDS =
      new CodePointSet().add('0', '9').add('a', 'z').add('A', 'Z').add('_', '_');
  private static final CodePointSet SPACES = CodePointSet.of(' ', '\t', '\n', 0x0b, '\f', '\r');

  private final String pattern;
  private int at;
  private int depth;
  private boolean ignoresCase;
  private boolean endSeen;
  private boolean dotIsAll;

  private PatternParser(String pattern, boolean dotIsAll) {
    this.pattern = pattern;
    this.dotIsAll = dotIsAll;
  }

  /**
   * Reads a pattern.
   *
   * @param dotIsAll whether a dot takes line terminators
   * @return empty where it has something that is not known here
   */
  static Optional<Term> parse(String pattern, boolean dotIsAll) {
    PatternParser parser = new PatternParser(pattern, dotIsAll);
    try {
      parser.flags();
      Term term = parser.choice();
      return parser.at == pattern.length() ? Optional.of(term) : Optional.empty();
    } catch (UnknownSign e) {
      return Optional.empty();
    }
  }

  /** Ends the reading of a pattern. */
  private static final class UnknownSign extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final UnknownSign INSTANCE = new UnknownSign();

    private UnknownSign() {
      super(null, null, false, false);
    }
  }

  private static UnknownSign unknown() {
    return UnknownSign.INSTANCE;
  }

  private boolean more() {
    return at < pattern.length();
  }

  private boolean looksAt(String text) {
    return pattern.startsWith(text, at);
  }

  private boolean takes(char sign) {
    boolean is = more() && pattern.charAt(at) == sign;
    at += is ? 1 : 0;
    return is;
  }

  private int next() {
    if (!more()) {
      throw unknown();
    }
    int point = pattern.codePointAt(at);
    if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
      throw unknown();
    }
    at += Character.charCount(point);
    return point;
  }

  /** {@code (?i)}, {@code (?s)} or both in front of all. */
  private void flags() {
    int end = looksAt("(?") ? pattern.indexOf(')') : -1;
    if (end < 0 || !pattern.substring(2, end).matches("[is]+")) {
      return;
    }
    ignoresCase = pattern.substring(2, end).indexOf('i') >= 0;
    dotIsAll |= pattern.substring(2, end).indexOf('s') >= 0;
    at = end + 1;
  }

  private Term choice() {
    if (++depth > MAX_DEPTH) {
      throw unknown();
    }
    List<Term> ways = new ArrayList<>();
    do {
      ways.add(sequence());
    } while (takes('|'));
    depth--;
    return ways.size() == 1 ? ways.getFirst() : new Term.Choice(ways);
  }

  private Term sequence() {
    List<Term> parts = new ArrayList<>();
    while (more() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      parts.add(repeated(single()));
    }
    return new Term.Sequence(parts);
  }

  private Term single() {
    int sign = next();
    return switch (sign) {
      case '(' -> group();
      case '[' -> new Term.Characters(characters());
      case '.' ->
          new Term.Characters(
              dotIsAll ? new CodePointSet().complement() : LINE_TERMINATORS.complement());
      case '^' -> start();
      case '$' -> end(Term.Place.LAST_LINE_END);
      case '*', '+', '?', '{' -> throw unknown();
      case '\\' -> escaped();
      default -> literal(sign);
    };
  }

  /** A start behind an end, in a text that is empty, is not known here. */
  private Term start() {
    if (endSeen) {
      throw unknown();
    }
    return Term.Place.START;
  }

  private Term end(Term.Place place) {
    endSeen = true;
    return place;
  }

  private Term literal(int point) {
    CodePointSet set = CodePointSet.of(point);
    return new Term.Characters(ignoresCase ? set.ignoringCase() : set);
  }

  private Term group() {
    if (takes('?') && !takes(':')) {
      groupName();
    }
    Term inner = choice();
    if (!takes(')')) {
      throw unknown();
    }
    return inner;
  }

  private void groupName() {
    boolean isName = takes('<') && more() && Character.isLetter(pattern.charAt(at));
    int end = pattern.indexOf('>', at);
    if (!isName || end < 0) {
      throw unknown();
    }
    at = end + 1;
  }

  private Term repeated(Term part) {
    int least = 1;
    int most = 1;
    if (takes('*')) {
      least = 0;
      most = Term.Repetition.ANY;
    } else if (takes('+')) {
      most = Term.Repetition.ANY;
    } else if (takes('?')) {
      least = 0;
    } else if (takes('{')) {
      least = number();
      most = takes(',') ? looksAt("}") ? Term.Repetition.ANY : number() : least;
      if (!takes('}')) {
        throw unknown();
      }
    } else {
      return part;
    }
    // Whether as few are tried first makes no difference to whether there is a match.
    takes('?');
    boolean isFollowed = more() && "+*?{".indexOf(pattern.charAt(at)) >= 0;
    if (isFollowed || part.mayBeEmpty()) {
      throw unknown();
    }
    return new Term.Repetition(part, least, most);
  }

  private int number() {
    int value = 0;
    int from = at;
    while (more() && pattern.charAt(at) >= '0' && pattern.charAt(at) <= '9') {
      value = value * 10 + pattern.charAt(at++) - '0';
      if (value > MAX_TIMES) {
        throw unknown();
      }
    }
    if (at == from) {
      throw unknown();
    }
    return value;
  }

  private Term escaped() {
    if (takes('A')) {
      return start();
    }
    if (takes('Z')) {
      return end(Term.Place.LAST_LINE_END);
    }
    if (takes('z')) {
      return end(Term.Place.END);
    }
    int sign = next();
    CodePointSet known = known(sign);
    return known == null ? literal(escaped(sign)) : new Term.Characters(known);
  }

  private static @Nullable CodePointSet known(int sign) {
    return switch (sign) {
      case 'd' -> DIGITS;
      case 'D' -> DIGITS.complement();
      case 'w' -> WORDS;
      case 'W' -> WORDS.complement();
      case 's' -> SPACES;
      case 'S' -> SPACES.complement();
      default -> null;
    };
  }

  /** The character that an escaped sign stands for. */
  private static int escaped(int sign) {
    return switch (sign) {
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'f' -> '\f';
      default -> {
        if (sign >= 128 || Character.isLetterOrDigit(sign)) {
          throw unknown();
        }
        yield sign;
      }
    };
  }

  /** Behind an opening bracket. */
  private CodePointSet characters() {
    boolean isOthers = takes('^');
    CodePointSet set = new CodePointSet();
    if (looksAt("]")) {
      throw unknown();
    }
    while (!takes(']')) {
      if (looksAt("[") || looksAt("&")) {
        throw unknown();
      }
      int sign = next();
      if (sign == '\\') {
        sign = next();
        CodePointSet known = known(sign);
        if (known != null) {
          // What a hyphen behind it means is not worth knowing.
          if (looksAt("-") && !looksAt("-]")) {
            throw unknown();
          }
          set.addAll(known);
          continue;
        }
        sign = escaped(sign);
      }
      set.add(sign, looksAt("-") && !looksAt("-]") ? rangeEnd(sign) : sign);
    }
    CodePointSet all = ignoresCase ? set.ignoringCase() : set;
    return isOthers ? all.complement() : all;
  }

  private int rangeEnd(int first) {
    at++;
    int last = next();
    if (last == '\\') {
      last = escaped(next());
    }
    if (last < first || last == '[' || last == '&') {
      throw unknown();
    }
    return last;
  }
}
