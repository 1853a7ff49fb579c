package dev.tidemill.storage.nexmark;

import java.util.List;

/** The channels that bids come through, and their URLs: four hot ones and 10,000 others. */
final class Channels {
  private static final List<String> HOT = List.of("Google", "Facebook", "Baidu", "Apple");
  private static final int OTHERS = 10_000;

  private final String[] names = new String[HOT.size() + OTHERS];
  private final String[] urls = new String[names.length];

  Channels(long seed, Letters letters) {
    Randomness random = new Randomness(seed, "url");
    for (int i = 0; i < names.length; i++) {
      int number = i - HOT.size();
      names[i] = number < 0 ? HOT.get(i) : "channel-" + number;
      StringBuilder url = new StringBuilder("https://www.nexmark.com/");
      for (int part = 0; part < 3; part++) {
        url.append(letters.piece(random.bits(3L * i + part), 3, 5)).append('/');
      }
      url.append("item.htm?query=1");
      if (number >= 0 && random.below(-1L - i, 10) > 0) {
        url.append("&channel_id=").append(Math.abs((long) Integer.reverse(number)));
      }
      urls[i] = url.toString();
    }
  }

  String[] names() {
    return names;
  }

  String[] urls() {
    return urls;
  }

  /** The channel that random bits stand for: half of all bids come through one of the hot ones. */
  static int channel(long bits) {
    long shifted = bits << 1;
    return (int)
        (bits < 0
            ? Randomness.scale(shifted, HOT.size())
            : HOT.size() + Randomness.scale(shifted, OTHERS));
  }
}
