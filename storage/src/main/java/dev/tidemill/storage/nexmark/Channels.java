package dev.tidemill.storage.nexmark;

import java.util.List;

/** The channels that bids come through, and their URLs: four hot ones and 10,000 others. */
final class Channels {
  private static final List<String> HOT = List.of("Google", "Facebook", "Baidu", "Apple");
  private static final int OTHERS = 10_000;

  private final TextPool.Words names;
  private final TextPool.Words urls;

  /** The channels, their texts put into {@code pool}. */
  Channels(long seed, TextPool pool) {
    Randomness random = new Randomness(seed, "url");
    String[] names = new String[HOT.size() + OTHERS];
    String[] urls = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      int number = i - HOT.size();
      names[i] = number < 0 ? HOT.get(i) : "channel-" + number;
      StringBuilder url = new StringBuilder("https://www.nexmark.com/");
      for (int part = 0; part < 3; part++) {
        url.append(pool.piece(random.bits(3L * i + part), 3, 5)).append('/');
      }
      url.append("item.htm?query=1");
      if (number >= 0 && random.below(-1L - i, 10) > 0) {
        url.append("&channel_id=").append(Math.abs((long) Integer.reverse(number)));
      }
      urls[i] = url.toString();
    }
    this.names = pool.add(names);
    this.urls = pool.add(urls);
  }

  EventColumn.Filler names(Randomness random) {
    return (events, count, views) -> {
      for (int i = 0; i < count; i++) {
        names.put(channel(random.bits(events[i])), views + 16L * i);
      }
    };
  }

  /** The URLs of the channels that {@link #names} has for the same events. */
  EventColumn.Filler urls(Randomness random) {
    return (events, count, views) -> {
      for (int i = 0; i < count; i++) {
        urls.put(channel(random.bits(events[i])), views + 16L * i);
      }
    };
  }

  /** Half of all bids come through one of the hot channels. */
  private static int channel(long bits) {
    long shifted = bits << 1;
    return (int)
        (bits < 0
            ? Randomness.scale(shifted, HOT.size())
            : HOT.size() + Randomness.scale(shifted, OTHERS));
  }
}
