package batchnorm.spark.fit;

import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Hash table that numbers groups from 0 by the bytes of their keys.
 *
 * <p>Most keys have one column of at most eight bytes: a word after the word of null bits. The hash
 * of such a key without null is a permutation of its word, see {@link #mixed}. For two such keys,
 * equal hashes mean equal keys, and no bytes are compared.
 */
public final class GroupKeys implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long FACTOR = 0x9e3779b97f4a7c15L;

  /** Two to four slots and the end of a key, in arrays that are half full to full. */
  private static final int BYTES_A_KEY = 56;

  private static final int INITIAL_SLOTS = 1 << 10;
  private static final int INITIAL_BYTES = 1 << 14;
  private static final int WORDS_A_SLOT = 2;
  private static final long NUMBER = (1L << Integer.SIZE) - 1;

  /** Flag in a slot: the key is one word. */
  private static final long IS_WORD = 1L << Integer.SIZE;

  /** Slots of two words: the hash of a key, then its number plus 1; 0 in an empty slot. */
  private long[] slots = new long[WORDS_A_SLOT * INITIAL_SLOTS];

  /** Keys, one after the other; the next array has their ends. */
  private byte[] bytes = new byte[INITIAL_BYTES];

  private int[] ends = new int[INITIAL_SLOTS / 2];
  private int count;

  /** Target of prefetched words, so that the compiler does not remove the reads. */
  @SuppressWarnings("unused")
  private long sink;

  /** Returns the number of a key; a new key gets the next number. */
  public int number(byte[] key, int from, int length) {
    return number(hash(key, from, length), key, from, length);
  }

  /**
   * Finds the numbers of many keys, whose memory accesses overlap.
   *
   * @param keys the keys, one after the other
   * @param ends the end of each key in that array
   * @param hashes the hashes of the keys
   * @param numbers receives the numbers of the keys
   */
  void numbers(byte[] keys, int[] ends, long[] hashes, int count, int[] numbers) {
    int mask = mask();
    long touched = 0;
    for (int i = 0; i < count; i++) {
      touched += slots[WORDS_A_SLOT * ((int) hashes[i] & mask)];
    }
    for (int i = 0; i < count; i++) {
      long found = slots[WORDS_A_SLOT * ((int) hashes[i] & mask) + 1];
      touched += found == 0 || (found & IS_WORD) != 0 ? 0 : bytes[start(number(found))];
    }
    sink = touched;
    int from = 0;
    for (int i = 0; i < count; i++) {
      numbers[i] = number(hashes[i], keys, from, ends[i] - from);
      from = ends[i];
    }
  }

  private int number(long hash, byte[] key, int from, int length) {
    int found = find(hash, key, from, length);
    return found < 0 ? add(hash, key, from, length) : found;
  }

  /** Returns the number of a key; -1 if it is unknown. */
  public int find(byte[] key, int from, int length) {
    return find(hash(key, from, length), key, from, length);
  }

  private int find(long hash, byte[] key, int from, int length) {
    int mask = mask();
    for (int slot = (int) hash & mask; ; slot = slot + 1 & mask) {
      long found = slots[WORDS_A_SLOT * slot + 1];
      if (found == 0) {
        return -1;
      }
      if (slots[WORDS_A_SLOT * slot] == hash) {
        int number = number(found);
        if ((found & IS_WORD) != 0 && isWord(key, from, length)
            || Arrays.equals(bytes, start(number), ends[number], key, from, from + length)) {
          return number;
        }
      }
    }
  }

  /** Returns whether a key has one column of at most eight bytes that is not null. */
  private static boolean isWord(byte[] key, int from, int length) {
    return length == 2 * Long.BYTES && (long) LONGS.get(key, from) == 0;
  }

  private static int number(long found) {
    return (int) (found & NUMBER) - 1;
  }

  private int mask() {
    return slots.length / WORDS_A_SLOT - 1;
  }

  /** Number of keys. */
  public int count() {
    return count;
  }

  long hash(int number) {
    return hash(bytes, start(number), ends[number] - start(number));
  }

  byte[] key(int number) {
    return Arrays.copyOfRange(bytes, start(number), ends[number]);
  }

  /** Memory of the keys, in bytes. */
  long heldBytes() {
    return start(count) + (long) BYTES_A_KEY * count;
  }

  void clear() {
    Arrays.fill(slots, 0);
    count = 0;
  }

  /** Returns the hash of a key, which is the same in every task. */
  public static long hash(byte[] key, int from, int length) {
    long hash = length;
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      hash = mixed(hash ^ (long) LONGS.get(key, from + i));
    }
    for (; i < length; i++) {
      hash = mixed(hash ^ key[from + i]);
    }
    return hash;
  }

  /** Mixes the bits of a word; it is a permutation, since each step is one. */
  private static long mixed(long x) {
    long product = x * FACTOR;
    product ^= product >>> 32;
    product *= FACTOR;
    return product ^ product >>> 29;
  }

  private int add(long hash, byte[] key, int from, int length) {
    if (count == ends.length) {
      grow();
    }
    int start = start(count);
    if (bytes.length - start < length) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(start, length), 2 * bytes.length));
    }
    System.arraycopy(key, from, bytes, start, length);
    ends[count] = start + length;
    put(hash, count + 1 | (isWord(key, from, length) ? IS_WORD : 0));
    return count++;
  }

  private void grow() {
    ends = Arrays.copyOf(ends, 2 * count);
    long[] before = slots;
    slots = new long[2 * before.length];
    for (int i = 0; i < before.length; i += WORDS_A_SLOT) {
      if (before[i + 1] != 0) {
        put(before[i], before[i + 1]);
      }
    }
  }

  private void put(long hash, long number) {
    int mask = mask();
    int slot = (int) hash & mask;
    while (slots[WORDS_A_SLOT * slot + 1] != 0) {
      slot = slot + 1 & mask;
    }
    slots[WORDS_A_SLOT * slot] = hash;
    slots[WORDS_A_SLOT * slot + 1] = number;
  }

  private int start(int number) {
    return number == 0 ? 0 : ends[number - 1];
  }

  /** Returns whether both have the same keys with the same numbers. */
  @Override
  public boolean equals(Object other) {
    return other instanceof GroupKeys that
        && count == that.count
        && Arrays.equals(ends, 0, count, that.ends, 0, count)
        && Arrays.equals(bytes, 0, start(count), that.bytes, 0, start(count));
  }

  @Override
  public int hashCode() {
    int hash = count;
    for (int number = 0; number < count; number++) {
      hash = 31 * hash + Long.hashCode(hash(number));
    }
    return hash;
  }
}
