package dev.offsite.init;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Drawings of OpenSSH 9.2; {@code InitIT} compares more keys with the ssh-keygen of this machine. */
class RandomartTest {

    @Test
    void isThatOfOpenssh() {
        ShownKey key = ShownKey.of("backup.example.org ssh-ed25519"
                + " AAAAC3NzaC1lZDI1NTE5AAAAIPOBwPmC53LIl2k6iFU7RkzzPx2bBF0FmCG7tjHM7wua");

        assertThat(key.fingerprint()).isEqualTo("SHA256:psQ26Rsh+uITILAkSDH5wAXgZn7xrTTYfT91t3Iqc/8");
        assertThat(key.randomart())
                .containsExactly(
                        "+--[ED25519 256]--+",
                        "|*==.             |",
                        "|==.              |",
                        "|+=o.             |",
                        "|B  .=.o.         |",
                        "|.o o.=BoS.   . ..|",
                        "|  o..=o=. . . . o|",
                        "|  .. .+    o . o |",
                        "|  o.   o   o..+  |",
                        "| ..o. .     +...E|",
                        "+----[SHA256]-----+");
        assertThat(key.fileThere()).isEqualTo("/etc/ssh/ssh_host_ed25519_key.pub");
    }

    @Test
    void aFingerprintMayHaveItsPadding() {
        ShownKey key =
                ShownKey.of("h ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPOBwPmC53LIl2k6iFU7RkzzPx2bBF0FmCG7tjHM7wua");
        String fingerprint = key.fingerprint();

        assertThat(key.is(fingerprint)).isTrue();
        assertThat(key.is(fingerprint + "=")).isTrue();
        assertThat(key.is(fingerprint.replace("psQ", "psq"))).isFalse();
        assertThat(ShownKey.isFingerprint(fingerprint)).isTrue();
        assertThat(ShownKey.isFingerprint("MD5:00:11")).isFalse();
        assertThat(ShownKey.isFingerprint("yes")).isFalse();
    }
}
