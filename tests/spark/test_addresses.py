"""Addresses made coarse, on a few visible ones; the public suffix library says where registration ends."""

import pytest
from publicsuffixlist import PublicSuffixList
from pyspark.sql import functions as F

from expectations.desensitised import PREFIX_FORM
from jobs.desensitise.addresses import ip_prefix, registered_domain

pytestmark = pytest.mark.spark


def answers(spark, values, column):
    rows = spark.createDataFrame([(position, value) for position, value in enumerate(values)], "n int, value string")
    return [row[1] for row in sorted(rows.select("n", column(F.col("value"))).collect())]


NETWORKS = {
    "203.0.113.9": "203.0.113.0/24",
    " 203.0.113.255 ": "203.0.113.0/24",
    "203.0.113.9:8080": "203.0.113.0/24",
    "２０３.0.113.9": "203.0.113.0/24",
    "::ffff:203.0.113.9": "203.0.113.0/24",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1::/48",
    "2001:0DB8:0001::9": "2001:db8:1::/48",
    "[2001:db8:1::9]:443": "2001:db8:1::/48",
    "2001:db8::1:0:0:9": "2001:db8::/48",
    "fe80::1%eth0": "fe80::/48",
    "64:ff9b::203.0.113.9": "64:ff9b::/48",
    "::1": "::/48",
    "0:0:5:1:1:1:1:1": "0:0:5::/48",
    "1:2:3:4:5:6:7::": "1:2:3::/48",
    "203.0.113": None,
    "203.0.113.256": None,
    "203.0.113.9.1": None,
    "1:2:3:4:5:6:7": None,
    "1:2:3:4:5:6:7:8:9": None,
    "1:2:3:4:5:6:7:8::": None,
    "1::2::3": None,
    "12345::": None,
    ":1": None,
    "unknown": None,
    "": None,
    None: None,
}


def test_an_address_becomes_its_network_and_anything_else_null(spark):
    assert dict(zip(NETWORKS, answers(spark, NETWORKS, ip_prefix), strict=True)) == NETWORKS


def test_gate_3_knows_every_network_and_no_address(spark):
    networks = [network for network in NETWORKS.values() if network]
    assert set(answers(spark, networks, lambda value: value.rlike(PREFIX_FORM))) == {True}
    addresses = ["203.0.113.9", "203.0.113.9/24", "203.0.113.9/32", "2001:db8:1:2::/48", "2001:db8:1::9"]
    assert set(answers(spark, addresses, lambda value: value.rlike(PREFIX_FORM))) == {False}


DOMAINS = {
    "www.example.com": "example.com",
    "WWW.Example.COM.": "example.com",
    "https://user:pw@a.b.example.com.cn:8080/path?u=http://other.cn#top": "example.com.cn",
    "//cdn.example.net/x": "example.net",
    "example.com:443": "example.com",
    "example.com?x=1": "example.com",
    "a.b.example.gov.cn": "example.gov.cn",
    "tax.example.ah.cn": "example.ah.cn",
    "bei.jing.example.org.cn": "example.org.cn",
    "www.example.cn": "example.cn",
    "商城.例子.公司.cn": "例子.公司.cn",
    "shop.xn--fsqu00a.xn--55qx5d.cn": "xn--fsqu00a.xn--55qx5d.cn",
    "www.例子.中国": "例子.中国",
    "www。例子。中国": "例子.中国",
    "ｗｗｗ．ｅｘａｍｐｌｅ．ｃｏｍ": "example.com",
    "somebody.github.io": "github.io",
    "a.example.co.uk": "example.co.uk",
    "b.test.ck": "b.test.ck",
    "a.b.test.ck": "b.test.ck",
    "www.ck": "www.ck",
    "a.www.ck": "www.ck",
    "a.b.c.kobe.jp": "b.c.kobe.jp",
    "www.city.kobe.jp": "city.kobe.jp",
    "a.b.example.unlisted": "example.unlisted",
    "13800138000.example.com": "example.com",
    "138-0013-8000.com": "_.com",
    "com.cn": None,
    "gov.cn": None,
    "cn": None,
    "localhost": None,
    "203.0.113.9": None,
    "http://203.0.113.9/x": None,
    "http://[2001:db8::1]/x": None,
    "/search?q=www.example.com": None,
    "a..example.com": None,
    "two words.com": None,
    "": None,
    None: None,
}


def test_a_web_address_becomes_its_registered_domain(spark):
    assert dict(zip(DOMAINS, answers(spark, DOMAINS, registered_domain), strict=True)) == DOMAINS


def test_the_registered_domain_agrees_with_the_library_on_every_tenth_rule(spark):
    library = PublicSuffixList(only_icann=True)
    suffixes = sorted(library._publicsuffix)[::10]
    hosts = [f"a.b.{rule.lstrip('!*.')}" for rule in suffixes] + [f"x.{rule.lstrip('!*.')}" for rule in suffixes]
    assert len(hosts) > 500
    assert answers(spark, hosts, registered_domain) == [library.privatesuffix(host) for host in hosts]
